package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.OutputReport;
import io.sandrun.protocol.identity.Digest;
import io.sandrun.protocol.identity.Finding;
import io.sandrun.protocol.identity.ReceiptCheck;
import io.sandrun.protocol.identity.SignedResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Compares the files of a folder with those that a node signed. Follows no link. One thread. */
final class OutputsOnDisk {
    private static final String OUTPUTS = "outputs";

    private final Path folder;
    private final TreeMap<String, Path> found = new TreeMap<>();
    private final List<Finding> findings = new ArrayList<>();

    private OutputsOnDisk(Path folder) throws IOException {
        this.folder = folder;
        if (!Files.isDirectory(folder)) {
            throw new UsageException("%s is no folder.".formatted(folder));
        }
        // Names that no job can have left are not looked for: whoever has a million files named the wrong folder.
        try (Stream<Path> walk = Files.walk(folder, Limits.OUTPUT_DEPTH + 1)) {
            walk.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .limit(Limits.OUTPUT_NAMES)
                    .forEach(path -> found.put(name(path), path));
        }
    }

    private String name(Path path) {
        return folder.relativize(path).toString();
    }

    /** Those that a receipt lists. */
    static List<Finding> ofReceipt(JsonNode receipt, Path folder) throws IOException {
        OutputsOnDisk disk = new OutputsOnDisk(folder);
        // A list that is none was found before.
        List<OutputReport.File> listed = ReceiptCheck.outputs(receipt).orElse(List.of());
        disk.compare(listed);
        return disk.findings;
    }

    /**
     * Those of a status: as it lists them if their hash is the one that was signed, or else by the hash alone.
     *
     * @param metadata the signed part
     */
    static List<Finding> ofStatus(JsonNode status, JsonNode metadata, Path folder) throws IOException {
        OutputsOnDisk disk = new OutputsOnDisk(folder);
        String signed = metadata.path("signed_data").path("output_hash").asText();
        List<OutputReport.File> files = new ArrayList<>();
        if (status.path("output_files").isObject()) {
            status.path("output_files")
                    .properties()
                    .forEach(file -> files.add(new OutputReport.File(
                            file.getKey(),
                            file.getValue().path("size_bytes").asLong(),
                            file.getValue().path("sha256").asText(),
                            false)));
            if (!files.isEmpty()) {
                disk.compareHash(signed, files, "that of the files that the status lists");
            }
            disk.compare(files);
        } else {
            for (Path path : disk.found.values()) {
                files.add(new OutputReport.File(disk.name(path), Files.size(path), sha256(path), false));
            }
            disk.compareHash(signed, files, "that of the files in " + folder);
        }
        return disk.findings;
    }

    private void compareHash(String signed, List<OutputReport.File> files, String whose) {
        boolean fits = SignedResult.outputHash(files).equals(signed);
        findings.add(Finding.of("output_hash", fits, "is " + whose, "is not " + whose));
    }

    private void compare(List<OutputReport.File> signed) throws IOException {
        int before = findings.size();
        for (OutputReport.File file : signed) {
            Path path = found.remove(file.path());
            String fault = path == null ? "is missing in " + folder : fault(file, path);
            if (!fault.isEmpty()) {
                findings.add(new Finding(OUTPUTS + "/" + file.path(), false, fault));
            }
        }
        for (String extra : found.keySet()) {
            findings.add(new Finding(OUTPUTS + "/" + extra, false, "is in " + folder + " and was not signed"));
        }
        if (findings.size() == before) {
            findings.add(new Finding(OUTPUTS, true, "are as signed: %,d files".formatted(signed.size())));
        }
    }

    /** What is wrong with a file; nothing if it is as signed. */
    private static String fault(OutputReport.File signed, Path path) throws IOException {
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            return "is no plain file";
        }
        long sizeBytes = Files.size(path);
        if (sizeBytes != signed.sizeBytes()) {
            return "was changed: it has %,d bytes, and %,d were signed".formatted(sizeBytes, signed.sizeBytes());
        }
        return sha256(path).equals(signed.sha256()) ? "" : "was changed";
    }

    private static String sha256(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
            return Digest.of(in);
        }
    }
}
