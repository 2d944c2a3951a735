package io.sandrun.broker.project;

import org.jspecify.annotations.Nullable;

/** Hears of the parts of an upload, one after the other. May refuse each with {@link io.sandrun.broker.Refusal}. */
public interface PartSink {
    /**
     * @param field what the part is called
     * @param fileName as the client wrote it, or null
     */
    void begin(String field, @Nullable String fileName);

    /** More of the part's bytes. */
    void content(byte[] bytes, int offset, int count);

    void end();
}
