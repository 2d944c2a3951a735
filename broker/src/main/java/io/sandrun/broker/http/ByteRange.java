package io.sandrun.broker.http;

/**
 * Some bytes of a file.
 *
 * @param first the offset of the first one
 * @param length how many
 */
record ByteRange(long first, long length) {}
