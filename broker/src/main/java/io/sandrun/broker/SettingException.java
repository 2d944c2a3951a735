package io.sandrun.broker;

/** A setting that cannot be taken; the message names it. */
public final class SettingException extends RuntimeException {
    private final String setting;

    public SettingException(String setting, String sentence) {
        super(sentence);
        this.setting = setting;
    }

    /** Its name, {@code node_timeout}. */
    public String setting() {
        return setting;
    }
}
