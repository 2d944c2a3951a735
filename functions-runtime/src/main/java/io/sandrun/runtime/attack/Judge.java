package io.sandrun.runtime.attack;

import io.sandrun.runtime.Outcome;
import io.sandrun.runtime.RunResult;
import io.sandrun.runtime.output.LeftOut;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a run means. Pure functions. Whatever is not shown to be held counts as an escape. */
final class Judge {
    private Judge() {}

    /**
     * @param marks what the host has seen of the attack: canaries that were touched, processes that were left; a
     * mark decides whatever the attack says
     */
    static Finding judge(Attack attack, RunResult result, List<String> marks) {
        if (!marks.isEmpty()) {
            return attack.found(Verdict.ESCAPED, "seen on the host: " + String.join(", ", marks));
        }
        Optional<Report> report = Report.in(result.stdout().bytes());
        if (report.isPresent() && report.get().said() == Report.Said.SUCCEEDED) {
            return attack.found(Verdict.ESCAPED, report.get().toString());
        }
        if (report.isPresent() && report.get().said() == Report.Said.ABSENT) {
            return attack.found(Verdict.NOT_APPLICABLE, report.get().toString());
        }
        if (attack.expectation() instanceof Expectation.RefusesEntry refuses) {
            boolean held = result.outcome() == Outcome.INVALID_INPUT
                    && result.stdout().totalBytes() == 0
                    && result.reason().startsWith("The archive's entry '" + refuses.entry());
            return held ? attack.found(Verdict.HELD, result.reason()) : unshown(attack, result);
        }
        if (isOfOurs(result.outcome())) {
            return unshown(attack, result);
        }
        if (attack.expectation() instanceof Expectation.Refused) {
            return said(attack, result, report, Report.Said.BLOCKED);
        }
        if (attack.expectation() instanceof Expectation.LeavesNone) {
            return said(attack, result, report, Report.Said.PLANTED);
        }
        if (attack.expectation() instanceof Expectation.LeavesOut leaves) {
            return leftOut(attack, result, report, leaves.reason());
        }
        if (attack.expectation() instanceof Expectation.Killed killed) {
            boolean held = result.signal() != null && result.signal() == killed.signal() && report.isEmpty();
            return held ? attack.found(Verdict.HELD, "signal " + killed.signal()) : unshown(attack, result);
        }
        Expectation.Ends ends = (Expectation.Ends) attack.expectation();
        if (result.outcome() == ends.outcome()) {
            return attack.found(Verdict.HELD, ends.outcome().name().toLowerCase(Locale.ROOT));
        }
        return ends.orRefused() ? said(attack, result, report, Report.Said.BLOCKED) : unshown(attack, result);
    }

    /** Before the step that is judged: nothing planted is nothing to be found. Empty if the attack can go on. */
    static Optional<Finding> judgePreparation(Attack attack, RunResult result) {
        Optional<Report> report = Report.in(result.stdout().bytes());
        if (report.isEmpty()) {
            return Optional.of(unshown(attack, result));
        }
        return report.get().said() == Report.Said.BLOCKED
                ? Optional.of(attack.found(Verdict.HELD, "nothing could be left: " + report.get()))
                : Optional.empty();
    }

    private static Finding leftOut(Attack attack, RunResult result, Optional<Report> report, LeftOut.Reason reason) {
        Optional<LeftOut> left = result.outputs().leftOut().stream()
                .filter(one -> one.reason() == reason)
                .findFirst();
        boolean held = left.isPresent() && report.isPresent() && report.get().said() == Report.Said.PLANTED;
        return held
                ? attack.found(Verdict.HELD, "left out: " + left.get().name() + " " + reason.words())
                : unshown(attack, result);
    }

    private static Finding said(Attack attack, RunResult result, Optional<Report> report, Report.Said expected) {
        if (report.isEmpty() || report.get().said() != expected) {
            return unshown(attack, result);
        }
        String seen = expected == Report.Said.PLANTED
                ? report.get() + ", gone with the run"
                : report.get().toString();
        return attack.found(Verdict.HELD, seen);
    }

    private static boolean isOfOurs(Outcome outcome) {
        return outcome == Outcome.SANDBOX_ERROR || outcome == Outcome.INVALID_INPUT || outcome == Outcome.CANCELLED;
    }

    private static Finding unshown(Attack attack, RunResult result) {
        return attack.found(
                Verdict.ESCAPED,
                "not shown to hold: it ended as %s. %s"
                        .formatted(result.outcome().name().toLowerCase(Locale.ROOT), result.reason()));
    }
}
