package io.sandrun.runtime.output;

/**
 * Something wanted that was not taken.
 *
 * @param name its path, escaped and shortened: for people, not for programs
 */
public record LeftOut(String name, Reason reason) {
    /** Why a file or a directory was not taken, with words that follow its name. */
    public enum Reason {
        SYMBOLIC_LINK("is a symbolic link"),
        FIFO("is a fifo"),
        SOCKET("is a socket"),
        DEVICE("is a device"),
        HARD_LINK("has more than one name"),
        BAD_NAME("has a name that is not valid UTF-8 or contains control characters or a backslash"),
        NAME_TOO_LONG("has a too long path"),
        UNREADABLE("cannot be read by its owner"),
        TOO_LARGE("is larger than one file may be"),
        TOTAL_TOO_LARGE("is more than all files together may be"),
        TOO_MANY("is one file too many"),
        TOO_DEEP("lies too deep"),
        TOO_MANY_NAMES("was not looked at: there are too many files and directories"),
        TIME_OVER("was not looked at: the time for outputs was over");

        private final String words;

        Reason(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }
}
