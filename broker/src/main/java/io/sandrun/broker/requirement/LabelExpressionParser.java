package io.sandrun.broker.requirement;

import io.sandrun.broker.requirement.LabelExpression.Clause;
import io.sandrun.broker.requirement.LabelExpression.Operator;
import io.sandrun.protocol.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a {@link LabelExpression}, from left to right and never back:
 *
 * <pre>
 * expression = clause { "and" clause }
 * clause     = text ( "=" | "!=" | "&lt;" | "&lt;=" | "&gt;" | "&gt;=" ) text
 *            | text ( "in" | "not in" ) "(" text { "," text } ")"
 * text       = letters, digits and _.:/+-  |  anything in double quotes, with \" and \\
 * </pre>
 *
 * For one text.
 */
final class LabelExpressionParser {
    private static final String SIGNS = "=!<>";
    private static final String OPERATORS = "one of =, !=, <, <=, >, >=, in, not in";

    private final String text;
    private int at;

    LabelExpressionParser(String text) {
        this.text = text;
    }

    LabelExpression read() {
        List<Clause> clauses = new ArrayList<>();
        do {
            if (clauses.size() == Limits.EXPRESSION_CLAUSES) {
                throw expected("the end: there may be at most " + Limits.EXPRESSION_CLAUSES + " conditions");
            }
            clauses.add(clause());
        } while (takeWord("and"));
        skipSpaces();
        if (at < text.length()) {
            throw expected("\"and\" or the end");
        }
        return new LabelExpression(clauses);
    }

    private Clause clause() {
        String label = text("the name of a label");
        Operator operator = operator();
        if (operator.isList()) {
            return new Clause(label, operator, list());
        }
        skipSpaces();
        int start = at;
        String value = text("a value");
        if (operator.isNumeric() && !LabelExpression.NUMBER.matcher(value).matches()) {
            at = start;
            throw expected("a number, as this comparison is one of numbers");
        }
        return new Clause(label, operator, List.of(value));
    }

    private Operator operator() {
        skipSpaces();
        if (takeWord("not")) {
            if (!takeWord("in")) {
                throw expected("\"in\" after \"not\"");
            }
            return Operator.NOT_IN;
        }
        if (takeWord("in")) {
            return Operator.IN;
        }
        int start = at;
        while (at < text.length() && SIGNS.indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        Optional<Operator> operator = Operator.ofSign(text.substring(start, at));
        if (operator.isEmpty()) {
            at = start;
            throw expected(OPERATORS);
        }
        return operator.get();
    }

    private List<String> list() {
        take('(', "a list such as (a, b)");
        List<String> values = new ArrayList<>();
        do {
            if (values.size() == Limits.EXPRESSION_LIST_VALUES) {
                throw expected("the end of the list: it may have at most " + Limits.EXPRESSION_LIST_VALUES + " values");
            }
            values.add(text("a value"));
        } while (takeIf(','));
        take(')', "a comma or the closing bracket of the list");
        return values;
    }

    private String text(String what) {
        skipSpaces();
        int start = at;
        String found = at < text.length() && text.charAt(at) == '"' ? quoted() : word();
        if (found.isEmpty() || found.length() > Limits.LABEL_CHARACTERS) {
            at = start;
            throw expected(what + " of 1 to " + Limits.LABEL_CHARACTERS + " characters, in double quotes where it has"
                    + " others than letters, digits and _.:/+- or is a word of the grammar");
        }
        return found;
    }

    /** A bare text; empty if there is none here. */
    private String word() {
        int end = at;
        while (end < text.length() && LabelExpression.isBare(text.substring(end, end + 1))) {
            end++;
        }
        String found = text.substring(at, end);
        if (!LabelExpression.isBare(found)) {
            return "";
        }
        at = end;
        return found;
    }

    private String quoted() {
        StringBuilder found = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char next = text.charAt(at);
            if (next == '"') {
                at++;
                return found.toString();
            }
            if (next == '\\' && at + 1 < text.length()) {
                at++;
                next = text.charAt(at);
            }
            found.append(next);
        }
        throw expected("the closing double quote");
    }

    private boolean takeWord(String word) {
        skipSpaces();
        int end = at + word.length();
        boolean isHere = text.startsWith(word, at)
                && (end == text.length() || !LabelExpression.isBare(text.substring(end, end + 1)));
        if (isHere) {
            at = end;
        }
        return isHere;
    }

    private void take(char sign, String what) {
        if (!takeIf(sign)) {
            throw expected(what);
        }
    }

    private boolean takeIf(char sign) {
        skipSpaces();
        boolean isHere = at < text.length() && text.charAt(at) == sign;
        if (isHere) {
            at++;
        }
        return isHere;
    }

    private void skipSpaces() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private ExpressionException expected(String what) {
        return new ExpressionException(what, at + 1);
    }
}
