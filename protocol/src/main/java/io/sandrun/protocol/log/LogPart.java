package io.sandrun.protocol.log;

/**
 * A part of a log for one who watches it.
 *
 * @param offset bytes of what is watched (the whole log, or the one stream) before it
 * @param length bytes that it stands for: the next part begins at {@code offset + length}
 * @param time when it was printed, seconds since 1970 by the broker's clock
 * @param attempt whose log it is: that of a later attempt begins at 0 again
 * @param text U+FFFD stands for bytes that are not UTF-8
 */
public record LogPart(LogStream stream, long offset, int length, double time, int attempt, String text) {}
