package io.sandrun.cli;

/** Text in the language of manual pages. For one thread. */
final class Roff {
    private final StringBuilder page = new StringBuilder();

    Roff title(String name, String version) {
        return line(".TH \"%s\" 1 \"\" \"%s\" \"Sandrun\"".formatted(escaped(name), escaped(version)));
    }

    Roff section(String name) {
        return line(".SH " + name);
    }

    /** Something, and what there is to say of it, set in below it. */
    Roff item(String term, String text) {
        return line(".TP").line(term).text(text);
    }

    /** Prose. */
    Roff text(String text) {
        return line(plain(text.strip().replaceAll("\\s+", " ")));
    }

    Roff line(String line) {
        page.append(line).append('\n');
        return this;
    }

    static String bold(String text) {
        return "\\fB" + escaped(text) + "\\fR";
    }

    static String italic(String text) {
        return "\\fI" + escaped(text) + "\\fR";
    }

    static String roman(String text) {
        return escaped(text);
    }

    /** A line that is no request, whatever it begins with. */
    private static String plain(String text) {
        String escaped = escaped(text);
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }

    /** What means something, made to mean itself: hyphens, too, which would else be typographic ones. */
    private static String escaped(String text) {
        return text.replace("\\", "\\e").replace("-", "\\-").replace("\"", "\\(dq");
    }

    @Override
    public String toString() {
        return page.toString();
    }
}
