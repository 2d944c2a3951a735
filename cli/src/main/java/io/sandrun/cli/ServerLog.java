package io.sandrun.cli;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** The log of a server tells of its life; that of a short command only of trouble. */
final class ServerLog {
    private static final String LEVEL = "sandrun.log.level";
    private static final String FORMAT = "sandrun.log.format";
    private static final String OURS = "sandrun";

    @Option(
            names = "--log-format",
            paramLabel = "text|json",
            description =
                    "Write the log as lines for people, or for machines (default: $SANDRUN_LOG_FORMAT, else text).")
    @Nullable
    Format format;

    /** How a line of the log is written; its file among the resources has the same name. */
    enum Format {
        TEXT,
        JSON
    }

    /** To be called before the first class with a logger is loaded: the log is set up once. */
    void open() {
        setUnlessSet(FORMAT, chosen().name().toLowerCase(Locale.ROOT));
        setUnlessSet(LEVEL, System.getenv().getOrDefault("SANDRUN_LOG", "INFO"));
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private Format chosen() {
        String environment = UserEnvironment.variable("SANDRUN_LOG_FORMAT");
        if (format != null || environment == null) {
            return format == null ? Format.TEXT : format;
        }
        return Arrays.stream(Format.values())
                .filter(known -> known.name().equalsIgnoreCase(environment.strip()))
                .findFirst()
                .orElseThrow(() -> new UsageException("SANDRUN_LOG_FORMAT must be text or json."));
    }

    /** Whether all that is said goes into the log, since whoever reads it reads JSON. */
    static boolean isForMachines() {
        return "json".equals(System.getProperty(FORMAT));
    }

    static void tell(String line) {
        LoggerFactory.getLogger(OURS).info("{}", line);
    }

    static void complain(String sentence) {
        LoggerFactory.getLogger(OURS).error("{}", sentence);
    }
}
