package io.sandrun.runtime;

/**
 * A file that the command finds in /work.
 *
 * @param path relative to /work, slashes between names, no empty name, "." or ".."
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of a guest: never compared, never a key
public record InputFile(String path, byte[] content, boolean executable) {}
