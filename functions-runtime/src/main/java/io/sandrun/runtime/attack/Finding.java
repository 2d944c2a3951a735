package io.sandrun.runtime.attack;

/**
 * One line of the suite's report.
 *
 * @param seen how it was stopped, or why it was not; words of ours and of the attack program, no guest's
 */
public record Finding(String group, String attack, Verdict verdict, String seen, String tries) {}
