package io.sandrun.runtime.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PolicyTextTest {
    @Test
    void rules_keep_their_order_their_terms_and_their_reason() {
        Map<String, List<Rule>> rules = parse(List.of(
                "# a remark",
                "let LOW = 0xF",
                "EPERM a b when arg1 & LOW = 1,0x2 and arg0 != 3 -- because",
                "allow a b -- otherwise"));

        Rule refusal = new Rule(
                Verdict.EPERM,
                List.of(
                        new Term(1, false, 15, true, List.of(1, 2)),
                        new Term(0, false, Term.NO_MASK, false, List.of(3))),
                "because");
        Rule permission = new Rule(Verdict.ALLOW, List.of(), "otherwise");
        assertThat(rules).isEqualTo(Map.of("a", List.of(refusal, permission), "b", List.of(refusal, permission)));
    }

    private static Map<String, List<Rule>> parse(List<String> lines) {
        return PolicyText.parse(lines, Set.of("cgroup:memory"));
    }

    @Test
    void a_rule_is_left_out_where_its_layer_is_not_active() {
        assertThat(parse(List.of("allow a with cgroup:memory -- x", "allow b with other -- y")))
                .containsOnlyKeys("a");
    }

    @Test
    void a_rule_without_a_reason_is_refused_with_its_line() {
        assertThatThrownBy(() -> parse(List.of("", "allow read"))).hasMessageContaining("policy line 2");
    }

    @Test
    void a_rule_that_can_never_be_reached_is_refused() {
        assertThatThrownBy(() -> parse(List.of("allow a -- x", "allow a -- y")))
                .hasMessageContaining("decided already");
    }

    @Test
    void a_call_without_a_last_word_is_refused() {
        assertThatThrownBy(() -> parse(List.of("EPERM a when arg0 = 1 -- x"))).hasMessageContaining("no last rule");
    }

    @Test
    void unknown_actions_terms_constants_and_repeated_constants_are_refused() {
        for (String line : List.of(
                "KILL a -- x",
                "allow a when arg6 = 1 -- x",
                "allow a when arg1 < 1 -- x",
                "allow a when arg1 = NOBODY -- x",
                "let A = ten",
                "nonsense")) {
            assertThatThrownBy(() -> parse(List.of(line))).as(line).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> parse(List.of("let A = 1", "let A = 1"))).hasMessageContaining("twice");
    }
}
