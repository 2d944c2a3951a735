package io.sandrun.cli;

/** The log of a server tells of its life; that of a short command only of trouble. */
final class ServerLog {
    private ServerLog() {}

    /** To be called before the first class with a logger is loaded: the log reads its level once. */
    static void open() {
        if (System.getProperty("sandrun.log.level") == null) {
            System.setProperty("sandrun.log.level", System.getenv().getOrDefault("SANDRUN_LOG", "INFO"));
        }
    }
}
