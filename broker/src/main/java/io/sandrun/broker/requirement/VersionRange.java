package io.sandrun.broker.requirement;

import io.sandrun.protocol.Limits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which versions will do: {@code >=3.9,<4}, all bounds at once. A version is numbers with dots. {@code <, <=, >, >=}
 * compare number by number, and a number that is not there is 0; {@code =} and {@code !=} look at the numbers that the
 * bound names, so {@code =3.11} means every 3.11. A bound without an operator is one with {@code =}.
 *
 * <p>Immutable. {@link #toString()} is canonical: the same bounds in another order give the same text.
 */
public final class VersionRange {
    private static final Pattern BOUND = Pattern.compile("\\s*(>=|<=|!=|==?|>|<)?\\s*([^\\s,]*)\\s*");
    private static final Pattern VERSION = Pattern.compile("\\d{1,9}(\\.\\d{1,9}){0,3}");

    /** Where a version begins in what a program says of itself: {@code v18.19.0}, {@code 5.2.15(1)-release}. */
    private static final Pattern LEADING_VERSION = Pattern.compile("\\D{0,16}(\\d{1,9}(?:\\.\\d{1,9}){0,3}).*");

    private final List<Bound> bounds;

    private VersionRange(List<Bound> bounds) {
        this.bounds = bounds;
    }

    private record Bound(String operator, List<Integer> version) {
        boolean holds(List<Integer> other) {
            int order = compare(other, version);
            return switch (operator) {
                case "<" -> order < 0;
                case "<=" -> order <= 0;
                case ">" -> order > 0;
                case ">=" -> order >= 0;
                case "!=" -> !startsLike(other);
                default -> startsLike(other);
            };
        }

        private boolean startsLike(List<Integer> other) {
            return compare(other.subList(0, Math.min(other.size(), version.size())), version) == 0;
        }

        @Override
        public String toString() {
            return operator + version.stream().map(String::valueOf).collect(Collectors.joining("."));
        }
    }

    /** @throws ExpressionException if the text is no range */
    public static VersionRange parse(String text) {
        List<Bound> bounds = new ArrayList<>();
        Matcher bound = BOUND.matcher(text);
        int at = 0;
        while (true) {
            bound.region(at, text.length());
            if (!bound.lookingAt() || !VERSION.matcher(bound.group(2)).matches()) {
                int where = bound.start(2);
                throw new ExpressionException("a version such as 3.9, of at most four numbers", where + 1);
            }
            String operator = bound.group(1);
            boolean isEqual = operator == null || operator.equals("==");
            bounds.add(new Bound(isEqual ? "=" : operator, numbers(bound.group(2))));
            at = bound.end();
            if (at == text.length()) {
                break;
            }
            if (text.charAt(at) != ',' || bounds.size() == Limits.EXPRESSION_CLAUSES) {
                throw new ExpressionException(
                        "a comma between bounds such as >=3.9, or the end; at most " + Limits.EXPRESSION_CLAUSES
                                + " bounds",
                        at + 1);
            }
            at++;
        }
        return new VersionRange(bounds.stream()
                .distinct()
                .sorted(Comparator.comparing(Bound::toString))
                .toList());
    }

    /** Whether a program that calls its version so will do; one that cannot be read will not. */
    public boolean contains(@Nullable String version) {
        Optional<List<Integer>> numbers = leading(version);
        return numbers.isPresent() && bounds.stream().allMatch(bound -> bound.holds(numbers.get()));
    }

    private static Optional<List<Integer>> leading(@Nullable String version) {
        if (version == null) {
            return Optional.empty();
        }
        Matcher leading = LEADING_VERSION.matcher(version);
        return leading.matches() ? Optional.of(numbers(leading.group(1))) : Optional.empty();
    }

    private static List<Integer> numbers(String version) {
        return Arrays.stream(version.split("\\.", -1)).map(Integer::valueOf).toList();
    }

    private static int compare(List<Integer> one, List<Integer> other) {
        for (int index = 0; index < Math.max(one.size(), other.size()); index++) {
            int order = Integer.compare(part(one, index), part(other, index));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static int part(List<Integer> version, int index) {
        return index < version.size() ? version.get(index) : 0;
    }

    @Override
    public String toString() {
        return bounds.stream().map(Bound::toString).collect(Collectors.joining(","));
    }
}
