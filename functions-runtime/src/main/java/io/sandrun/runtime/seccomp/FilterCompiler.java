package io.sandrun.runtime.seccomp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Translates rules by number into classic BPF: a check of the architecture, then a binary search over ranges of numbers
 * whose leaves are the rules. The code is position independent: every piece jumps forward only and only inside itself,
 * over the whole width where a subtree may be larger than the 8 bits of a conditional jump.
 *
 * <p>Offsets are those of {@code struct seccomp_data} in {@code linux/seccomp.h}. The kernel answers calls that are
 * always allowed from a bitmap (since 5.11) as long as the path to them uses only the instructions used here.
 */
final class FilterCompiler {
    private static final int NUMBER_OFFSET = 0;
    private static final int ARCHITECTURE_OFFSET = 4;
    private static final int FIRST_ARGUMENT_OFFSET = 16;
    private static final int ARGUMENT_BYTES = 8;

    private static final List<Instruction> UNKNOWN_CALL = List.of(Instruction.answer(Verdict.ENOSYS));

    private FilterCompiler() {}

    static List<Instruction> compile(Architecture architecture, Map<Integer, List<Rule>> rulesByNumber) {
        List<Instruction> program = new ArrayList<>();
        program.add(Instruction.load(ARCHITECTURE_OFFSET));
        program.add(Instruction.ifEqual(architecture.auditNumber(), 1, 0));
        program.add(Instruction.answer(Verdict.KILL_PROCESS));
        program.add(Instruction.load(NUMBER_OFFSET));
        if (architecture.foreignAbiFrom() >= 0) {
            program.add(Instruction.ifAtLeast(architecture.foreignAbiFrom(), 0, 1));
            program.add(Instruction.answer(Verdict.KILL_PROCESS));
        }
        program.addAll(search(List.copyOf(ranges(rulesByNumber).entrySet())));
        return program;
    }

    /** Everything else is left to the filters that are there. */
    static List<Instruction> refuse(int number) {
        return List.of(
                Instruction.load(NUMBER_OFFSET),
                Instruction.ifEqual(number, 0, 1),
                Instruction.answer(Verdict.EPERM),
                Instruction.answer(Verdict.ALLOW));
    }

    /**
     * The code for each range of numbers by the first number of the range; neighbours with the same code are one range.
     */
    private static NavigableMap<Integer, List<Instruction>> ranges(Map<Integer, List<Rule>> rulesByNumber) {
        TreeMap<Integer, List<Instruction>> codeByNumber = new TreeMap<>();
        codeByNumber.put(0, UNKNOWN_CALL);
        rulesByNumber.forEach((number, rules) -> codeByNumber.put(number, firstThatHolds(rules)));
        rulesByNumber.keySet().forEach(number -> codeByNumber.putIfAbsent(number + 1, UNKNOWN_CALL));

        TreeMap<Integer, List<Instruction>> ranges = new TreeMap<>();
        codeByNumber.forEach((number, code) -> {
            if (ranges.isEmpty() || !ranges.lastEntry().getValue().equals(code)) {
                ranges.put(number, code);
            }
        });
        return ranges;
    }

    private static List<Instruction> search(List<Map.Entry<Integer, List<Instruction>>> ranges) {
        if (ranges.size() == 1) {
            return ranges.get(0).getValue();
        }
        int middle = ranges.size() / 2;
        List<Instruction> lower = search(ranges.subList(0, middle));
        List<Instruction> upper = search(ranges.subList(middle, ranges.size()));
        List<Instruction> code = new ArrayList<>();
        code.add(Instruction.ifAtLeast(ranges.get(middle).getKey(), 0, 1));
        code.add(Instruction.skip(lower.size()));
        code.addAll(lower);
        code.addAll(upper);
        return code;
    }

    private static List<Instruction> firstThatHolds(List<Rule> rules) {
        List<Instruction> code = new ArrayList<>();
        for (Rule rule : rules) {
            code.addAll(answerIfHolds(rule));
        }
        return code;
    }

    /** Built from the end, because each term must know how far away the next rule is. */
    private static List<Instruction> answerIfHolds(Rule rule) {
        List<Instruction> code = List.of(Instruction.answer(rule.verdict()));
        for (int i = rule.terms().size() - 1; i >= 0; i--) {
            List<Instruction> withTerm = test(rule.terms().get(i), code.size());
            withTerm.addAll(code);
            code = withTerm;
        }
        return code;
    }

    /** Goes on with the next instruction if the term holds, otherwise skips as many as told. */
    private static List<Instruction> test(Term term, int skipIfNot) {
        List<Instruction> code = new ArrayList<>();
        int half = term.upperHalf() ? ARGUMENT_BYTES / 2 : 0;
        code.add(Instruction.load(FIRST_ARGUMENT_OFFSET + ARGUMENT_BYTES * term.argument() + half));
        if (term.mask() != Term.NO_MASK) {
            code.add(Instruction.and(term.mask()));
        }
        for (int left = term.values().size() - 1; left >= 0; left--) {
            int value = term.values().get(term.values().size() - 1 - left);
            int ifMatched = term.oneOf() ? left : left + skipIfNot;
            int ifLastDiffers = term.oneOf() ? skipIfNot : 0;
            code.add(Instruction.ifEqual(value, ifMatched, left == 0 ? ifLastDiffers : 0));
        }
        return code;
    }
}
