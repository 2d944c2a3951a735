package io.sandrun.protocol.log;

/**
 * What {@code GET /logs/ID} answers: the log from an offset on, or as much of it as goes into one answer.
 *
 * @param attempt whose log it is; 0 if there is none yet
 * @param stdout text that the program printed, U+FFFD for bytes that are not UTF-8; likewise the other streams
 * @param offset bytes of what was asked for (the whole log, or one stream) before these
 * @param nextOffset where to go on
 * @param finished whether there is nothing more and will not be
 */
public record LogPage(
        String jobId,
        int attempt,
        String stdout,
        String stderr,
        String install,
        long offset,
        long nextOffset,
        boolean finished) {}
