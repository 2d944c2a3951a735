package io.sandrun.broker.requirement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.protocol.Limits;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The two small grammars in which a job says what it needs. */
class ExpressionsTest {
    private static boolean range(String range, String version) {
        return VersionRange.parse(range).contains(version);
    }

    private static boolean labels(String expression, Map<String, String> labels) {
        return LabelExpression.parse(expression).clauses().stream().allMatch(clause -> clause.isMetBy(labels));
    }

    @Test
    void versions_are_compared_number_by_number() {
        assertThat(range(">=3.9,<4", "3.11.7")).isTrue();
        assertThat(range(">=3.9,<4", "3.8.19")).isFalse();
        assertThat(range(">=3.9,<4", "4.0")).isFalse();
        assertThat(range(">3.9", "3.9.1")).isTrue();
        assertThat(range("<=3.9", "3.9.0")).isTrue();
        assertThat(range("<=3.9", "3.9.1")).isFalse();
        assertThat(range("3.11", "3.11.7")).isTrue();
        assertThat(range("==3.1", "3.11.7")).isFalse();
        assertThat(range("!=3.11", "3.11.7")).isFalse();
        assertThat(range("18", "v18.19.0")).isTrue();
        assertThat(range(">=5", "5.2.15(1)-release")).isTrue();
        assertThat(range(">=0", "unknown")).isFalse();
        assertThat(VersionRange.parse("<4").contains(null)).isFalse();
    }

    @Test
    void conditions_on_labels_mean_what_they_say() {
        Map<String, String> labels = Map.of("region", "eu", "disks", "10", "rack", "b 2", "free", "1.5");
        assertThat(labels("region in (eu, us) and disks > 9", labels)).isTrue();
        assertThat(labels("region not in (eu)", labels)).isFalse();
        assertThat(labels("nothing != x and nothing not in (x)", labels)).isTrue();
        assertThat(labels("nothing = x", labels)).isFalse();
        assertThat(labels("nothing < 1", labels)).isFalse();
        assertThat(labels("region < 1", labels)).isFalse();
        assertThat(labels("free<=1.5 and free>-2", labels)).isTrue();
        assertThat(labels("rack = \"b 2\"", labels)).isTrue();
    }

    @Test
    void the_canonical_form_does_not_depend_on_the_order() {
        assertThat(LabelExpression.parse("b=1 and a in (y,x) and b = 1"))
                .hasToString("a in (x, y) and b = 1")
                .isEqualTo(LabelExpression.parse("a in (x, y, x) and b=1"));
        assertThat(VersionRange.parse("<4, >=3.9"))
                .hasToString(VersionRange.parse(" >=3.9,<4 ").toString());
        assertThat(LabelExpression.parse("\"in\" = \"say \\\"not\\\"\"").toString())
                .isEqualTo("\"in\" = \"say \\\"not\\\"\"");
    }

    @Test
    void expressions_have_bounds() {
        String clauses = "a = 1 and ".repeat(Limits.EXPRESSION_CLAUSES) + "a = 1";
        assertThatThrownBy(() -> LabelExpression.parse(clauses)).hasMessageContaining("32");
        String values = "a in (" + "x, ".repeat(Limits.EXPRESSION_LIST_VALUES) + "x)";
        assertThatThrownBy(() -> LabelExpression.parse(values)).hasMessageContaining("64");
        String bounds = ">1,".repeat(Limits.EXPRESSION_CLAUSES) + ">1";
        assertThatThrownBy(() -> VersionRange.parse(bounds)).isInstanceOf(ExpressionException.class);
    }

    @Test
    void whatever_is_written_is_read_or_refused_with_a_place() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> pieces = List.of(
                "a", "in", "not", "and", "(", ")", ",", "=", "!", "<", ">", "\"", "\\", " ", "1", ".", "-", "\u00e9",
                "3.9");
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(12); length >= 0; length--) {
                text.append(pieces.get(random.nextInt(pieces.size())));
            }
            assertReadAgain(text.toString(), seed);
        }
    }

    private static void assertReadAgain(String text, long seed) {
        try {
            String canonical = LabelExpression.parse(text).toString();
            assertThat(LabelExpression.parse(canonical))
                    .as("seed %d: %s", seed, text)
                    .hasToString(canonical);
        } catch (ExpressionException refused) {
            assertThat(refused.position()).as("seed %d: %s", seed, text).isBetween(1, text.length() + 1);
        }
        try {
            String canonical = VersionRange.parse(text).toString();
            assertThat(VersionRange.parse(canonical))
                    .as("seed %d: %s", seed, text)
                    .hasToString(canonical);
        } catch (ExpressionException refused) {
            assertThat(refused.position()).as("seed %d: %s", seed, text).isBetween(1, text.length() + 1);
        }
    }
}
