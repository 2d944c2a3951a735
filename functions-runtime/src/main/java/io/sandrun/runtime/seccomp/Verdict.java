package io.sandrun.runtime.seccomp;

/**
 * What the filter answers; values are the {@code SECCOMP_RET_*} words of {@code linux/seccomp.h} with the errno in the
 * low half.
 */
enum Verdict {
    ALLOW("allow", 0x7FFF0000),
    EPERM("EPERM", 0x00050000 | 1),
    ENOSYS("ENOSYS", 0x00050000 | 38),
    EAFNOSUPPORT("EAFNOSUPPORT", 0x00050000 | 97),
    /** Only for foreign architectures: it cannot be written in the policy. */
    KILL_PROCESS("", 0x80000000);

    private final String word;
    private final int returnValue;

    Verdict(String word, int returnValue) {
        this.word = word;
        this.returnValue = returnValue;
    }

    static Verdict ofWord(String word) {
        for (Verdict verdict : values()) {
            if (!word.isEmpty() && verdict.word.equals(word)) {
                return verdict;
            }
        }
        throw new IllegalArgumentException("unknown action '" + word + "'");
    }

    int returnValue() {
        return returnValue;
    }
}
