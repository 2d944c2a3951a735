package io.sandrun.cli.pack;

/** The pattern of one name, without slashes. Pure functions. */
final class PartPattern {
    private PartPattern() {}

    /** @throws IllegalArgumentException with words that follow the line's number */
    static void check(String pattern) {
        for (int index = 0; index < pattern.length(); index = tokenEnd(pattern, index)) {
            if (pattern.charAt(index) == '\\' && index + 1 == pattern.length()) {
                throw new IllegalArgumentException("ends with a backslash that has nothing to protect");
            }
            if (pattern.charAt(index) == '[' && setEnd(pattern, index) < 0) {
                throw new IllegalArgumentException("has a '[' without its ']'");
            }
        }
    }

    /** Goes back to the last star only, as what an earlier one could take more, the last one can take instead. */
    static boolean matches(String pattern, String name) {
        int index = 0;
        int place = 0;
        int retryIndex = -1;
        int retryPlace = -1;
        while (place < name.length()) {
            int point = name.codePointAt(place);
            if (index < pattern.length() && pattern.charAt(index) == '*') {
                retryIndex = ++index;
                retryPlace = place;
            } else if (index < pattern.length() && tokenMatches(pattern, index, point)) {
                index = tokenEnd(pattern, index);
                place += Character.charCount(point);
            } else if (retryIndex >= 0) {
                index = retryIndex;
                retryPlace += Character.charCount(name.codePointAt(retryPlace));
                place = retryPlace;
            } else {
                return false;
            }
        }
        while (index < pattern.length() && pattern.charAt(index) == '*') {
            index++;
        }
        return index == pattern.length();
    }

    private static boolean tokenMatches(String pattern, int index, int point) {
        return switch (pattern.charAt(index)) {
            case '?' -> true;
            case '[' -> setMatches(pattern, index, point);
            case '\\' -> pattern.codePointAt(index + 1) == point;
            default -> pattern.codePointAt(index) == point;
        };
    }

    /** Where the next token begins. */
    private static int tokenEnd(String pattern, int index) {
        return switch (pattern.charAt(index)) {
            case '[' -> Math.max(index, setEnd(pattern, index)) + 1;
            case '\\' ->
                index + 1 == pattern.length()
                        ? index + 1
                        : index + 1 + Character.charCount(pattern.codePointAt(index + 1));
            default -> index + Character.charCount(pattern.codePointAt(index));
        };
    }

    /** The place of the bracket that closes a set, or -1; one that comes first is a member. */
    private static int setEnd(String pattern, int open) {
        int index = open + 1 + (isNegated(pattern, open) ? 1 : 0);
        int first = index;
        while (index < pattern.length()) {
            if (pattern.charAt(index) == ']' && index > first) {
                return index;
            }
            index += pattern.charAt(index) == '\\' ? 2 : 1;
        }
        return -1;
    }

    private static boolean isNegated(String pattern, int open) {
        return open + 1 < pattern.length() && "!^".indexOf(pattern.charAt(open + 1)) >= 0;
    }

    private static boolean setMatches(String pattern, int open, int point) {
        int end = setEnd(pattern, open);
        boolean negated = isNegated(pattern, open);
        boolean member = false;
        int index = open + 1 + (negated ? 1 : 0);
        while (index < end) {
            index += pattern.charAt(index) == '\\' ? 1 : 0;
            int low = pattern.codePointAt(index);
            index += Character.charCount(low);
            int high = low;
            if (index + 1 < end && pattern.charAt(index) == '-') {
                index += pattern.charAt(index + 1) == '\\' ? 2 : 1;
                high = pattern.codePointAt(index);
                index += Character.charCount(high);
            }
            member |= point >= low && point <= high;
        }
        return member != negated;
    }
}
