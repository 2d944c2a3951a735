package io.sandrun.runtime.seccomp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the little language that {@code policy.txt} explains. Used by one thread, once per text. */
final class PolicyText {
    private static final Pattern CONSTANT = Pattern.compile("let (\\w+) = (\\w+)");
    private static final Pattern RULE =
            Pattern.compile("(\\w+)((?: \\w+)+?)(?: with ([\\w:]+))?(?: when (.+?))? -- (.+)");
    private static final Pattern TERM = Pattern.compile("arg([0-5])(\\.high)?(?: & (\\w+))? (=|!=) (\\w+(?:,\\w+)*)");

    private final Map<String, Integer> constants = new LinkedHashMap<>();
    private final Map<String, List<Rule>> rulesByCall = new LinkedHashMap<>();

    private final Set<String> layers;

    private PolicyText(Set<String> layers) {
        this.layers = layers;
    }

    /**
     * The rules of each call in the order of the text.
     *
     * @param layers of isolation that are active; rules that need another are left out
     * @throws IllegalArgumentException with the line number if a line is not understood, a rule can never be reached,
     * or a
     *     call is left without an unconditional last rule
     */
    static Map<String, List<Rule>> parse(List<String> lines, Set<String> layers) {
        PolicyText text = new PolicyText(layers);
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1).strip();
            try {
                text.accept(line);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("policy line " + number + ": " + e.getMessage(), e);
            }
        }
        text.requireLastWords();
        return Collections.unmodifiableMap(text.rulesByCall);
    }

    private void accept(String line) {
        if (line.isEmpty() || line.startsWith("#")) {
            return;
        }
        Matcher constant = CONSTANT.matcher(line);
        Matcher rule = RULE.matcher(line);
        if (constant.matches()) {
            if (constants.put(constant.group(1), number(constant.group(2))) != null) {
                throw new IllegalArgumentException("constant '" + constant.group(1) + "' is there twice");
            }
        } else if (rule.matches()) {
            if (rule.group(3) != null && !layers.contains(rule.group(3))) {
                return;
            }
            List<Term> terms = rule.group(4) == null ? List.of() : terms(rule.group(4));
            Rule parsed = new Rule(Verdict.ofWord(rule.group(1)), terms, rule.group(5));
            for (String call : rule.group(2).strip().split(" ", -1)) {
                add(call, parsed);
            }
        } else {
            throw new IllegalArgumentException("neither a constant nor a rule: " + line);
        }
    }

    private void add(String call, Rule rule) {
        List<Rule> rules = rulesByCall.computeIfAbsent(call, name -> new ArrayList<>());
        if (!rules.isEmpty() && rules.get(rules.size() - 1).always()) {
            throw new IllegalArgumentException("'" + call + "' is decided already");
        }
        rules.add(rule);
    }

    private void requireLastWords() {
        rulesByCall.forEach((call, rules) -> {
            if (!rules.get(rules.size() - 1).always()) {
                throw new IllegalArgumentException("'" + call + "' has no last rule without a condition");
            }
        });
    }

    private List<Term> terms(String condition) {
        List<Term> terms = new ArrayList<>();
        for (String part : condition.split(" and ", -1)) {
            Matcher term = TERM.matcher(part);
            if (!term.matches()) {
                throw new IllegalArgumentException("not a term: " + part);
            }
            List<Integer> values = new ArrayList<>();
            for (String value : term.group(5).split(",", -1)) {
                values.add(value(value));
            }
            int mask = term.group(3) == null ? Term.NO_MASK : value(term.group(3));
            terms.add(new Term(
                    Integer.parseInt(term.group(1)),
                    term.group(2) != null,
                    mask,
                    term.group(4).equals("="),
                    values));
        }
        return terms;
    }

    private int value(String word) {
        Integer constant = constants.get(word);
        return constant != null ? constant : number(word);
    }

    private static int number(String word) {
        return word.startsWith("0x") ? Integer.parseUnsignedInt(word.substring(2), 16) : Integer.parseUnsignedInt(word);
    }
}
