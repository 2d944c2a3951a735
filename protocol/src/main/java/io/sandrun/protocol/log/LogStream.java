package io.sandrun.protocol.log;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Where a part of a log was printed. */
public enum LogStream {
    STDOUT(1),
    STDERR(2),
    /** What the installation of the job's requirements prints, before the program runs; in no result. */
    INSTALL(3);

    private final int code;

    LogStream(int code) {
        this.code = code;
    }

    /** In a {@link LogFrame}. */
    public int code() {
        return code;
    }

    public static Optional<LogStream> ofCode(int code) {
        return Arrays.stream(values()).filter(stream -> stream.code == code).findFirst();
    }

    public static Optional<LogStream> named(String wire) {
        return Arrays.stream(values())
                .filter(stream -> stream.wire().equals(wire))
                .findFirst();
    }

    @JsonValue
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if {@code wire} names no stream */
    @JsonCreator
    public static LogStream ofWire(String wire) {
        return valueOf(wire.toUpperCase(Locale.ROOT));
    }
}
