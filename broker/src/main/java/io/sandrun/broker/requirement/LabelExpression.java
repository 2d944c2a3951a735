package io.sandrun.broker.requirement;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the labels of a node must be like: {@code region in (eu, us) and ssd = true and zone != b and disks >= 2}. All
 * clauses must hold. A label that a node does not carry meets {@code !=} and {@code not in} and nothing else; the four
 * comparisons compare numbers and are not met by a label that is none.
 *
 * <p>Immutable. {@link #toString()} is canonical: equal conditions in another order give the same text, which {@link
 * #parse} reads again.
 */
public record LabelExpression(List<Clause> clauses) {
    /** What a label and a literal must look like to be compared as numbers. */
    static final Pattern NUMBER = Pattern.compile("-?\\d{1,15}(\\.\\d{1,9})?");

    private static final Pattern BARE = Pattern.compile("[A-Za-z0-9_.:/+-]+");
    private static final List<String> WORDS = List.of("and", "in", "not");

    /** Sorts and drops what is said twice. */
    public LabelExpression {
        clauses =
                clauses.stream()
                        .collect(Collectors.toMap(Clause::toString, clause -> clause, (one, same) -> one))
                        .entrySet()
                        .stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(Map.Entry::getValue)
                        .toList();
    }

    /** How a label is held against a value. */
    public enum Operator {
        EQUAL("="),
        UNEQUAL("!="),
        LESS("<"),
        AT_MOST("<="),
        GREATER(">"),
        AT_LEAST(">="),
        IN("in"),
        NOT_IN("not in");

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }

        static Optional<Operator> ofSign(String sign) {
            return Arrays.stream(values())
                    .filter(operator -> operator.sign.equals(sign))
                    .findFirst();
        }

        boolean isList() {
            return this == IN || this == NOT_IN;
        }

        boolean isNumeric() {
            return this == LESS || this == AT_MOST || this == GREATER || this == AT_LEAST;
        }
    }

    /**
     * One condition on one label.
     *
     * @param values one, or several for a list
     */
    public record Clause(String label, Operator operator, List<String> values) {
        public Clause {
            values = values.stream().distinct().sorted().toList();
        }

        public boolean isMetBy(Map<String, String> labels) {
            String found = labels.get(label);
            return switch (operator) {
                case EQUAL, IN -> found != null && values.contains(found);
                case UNEQUAL, NOT_IN -> found == null || !values.contains(found);
                case LESS, AT_MOST, GREATER, AT_LEAST -> isOrdered(found);
            };
        }

        private boolean isOrdered(@Nullable String found) {
            if (found == null || !NUMBER.matcher(found).matches()) {
                return false;
            }
            int order = Double.compare(Double.parseDouble(found), Double.parseDouble(values.get(0)));
            return switch (operator) {
                case LESS -> order < 0;
                case AT_MOST -> order <= 0;
                case GREATER -> order > 0;
                case AT_LEAST -> order >= 0;
                case EQUAL, UNEQUAL, IN, NOT_IN -> throw new IllegalStateException(operator + " does not order");
            };
        }

        @Override
        public String toString() {
            String right = values.stream().map(LabelExpression::written).collect(Collectors.joining(", "));
            return written(label) + " " + operator.sign + " " + (operator.isList() ? "(" + right + ")" : right);
        }
    }

    /** @throws ExpressionException if the text does not follow the grammar */
    public static LabelExpression parse(String text) {
        return new LabelExpressionParser(text).read();
    }

    static boolean isBare(String text) {
        return BARE.matcher(text).matches() && !WORDS.contains(text);
    }

    private static String written(String text) {
        return isBare(text) ? text : "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    @Override
    public String toString() {
        return clauses.stream().map(Clause::toString).collect(Collectors.joining(" and "));
    }
}
