package io.sandrun.runtime.output;

/**
 * A file that was taken.
 *
 * @param path relative to /work, plain, printable
 * @param sha256 of its bytes, 64 lower-case hexadecimal digits
 * @param executable whether its owner may execute it; no other permission is kept
 */
public record OutputFile(String path, long sizeBytes, String sha256, boolean executable) {}
