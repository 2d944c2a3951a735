package io.sandrun.broker.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The log of one attempt: {@link io.sandrun.protocol.log.LogFrame}s, each with its bytes. Whoever was given it closes
 * it. Thread-safe.
 */
public interface Frames extends AutoCloseable {
    /** Which attempt, from 1. */
    int attempt();

    /** When the attempt began, in milliseconds since 1970: the times of the pieces count from here. */
    long startMs();

    /** Bytes that can be read; all of them whole pieces. */
    long size();

    /** Whether nothing will follow; to be asked before {@link #size()}. */
    boolean isWhole();

    /** Copies bytes from a position on: as many as the target takes, fewer only at the end. */
    void read(long position, ByteBuffer target) throws IOException;

    /** Where a reader may begin; the same for all readers of the log, whoever has given it to them. */
    LogPlaces places();

    @Override
    void close();
}
