package io.sandrun.protocol;

import java.util.List;

/**
 * What a node took out of /work after a job, each file already uploaded as an artifact.
 *
 * @param files in the order of their paths
 * @param leftOut the first of those that were wanted and not taken
 * @param leftOutCount of all of those
 */
public record OutputReport(List<File> files, List<LeftOut> leftOut, long leftOutCount) {
    public static final OutputReport NOTHING = new OutputReport(List.of(), List.of(), 0);

    /**
     * @param path relative to /work: plain, printable, checked by node and broker
     * @param sha256 of its bytes, 64 lower-case hexadecimal digits
     * @param executable whether its owner may execute it
     */
    public record File(String path, long sizeBytes, String sha256, boolean executable) {}

    /**
     * @param name its path, escaped and shortened: for people, not for programs
     * @param reason words that follow the name
     */
    public record LeftOut(String name, String reason) {}

    public OutputReport {
        files = List.copyOf(files);
        leftOut = List.copyOf(leftOut);
    }
}
