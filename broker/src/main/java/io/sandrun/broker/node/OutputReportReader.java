package io.sandrun.broker.node;

import io.sandrun.broker.JsonFields;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.artifact.Artifact;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.OutputReport;
import io.sandrun.protocol.OutputReport.File;
import io.sandrun.protocol.OutputReport.LeftOut;
import io.sandrun.runtime.name.GuestName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads which files a node has kept of a job. A node may say anything: what becomes a path here is plain whatever it
 * says.
 */
final class OutputReportReader {
    private static final int SHOWN_BYTES = 4_096;
    private static final int DIGEST_BYTES = 64;

    private OutputReportReader() {}

    /** @throws Refusal for the first field that does not fit */
    static OutputReport read(JsonFields fields) {
        List<LeftOut> leftOut = fields.objects("left_out", Limits.OUTPUTS_LEFT_OUT).stream()
                .map(one -> new LeftOut(
                        GuestName.show(one.requiredText("name", SHOWN_BYTES)),
                        GuestName.show(one.requiredText("reason", SHOWN_BYTES))))
                .toList();
        long leftOutCount = fields.wholeNumber("left_out_count", leftOut.size(), Long.MAX_VALUE)
                .orElse((long) leftOut.size());
        return new OutputReport(files(fields), leftOut, leftOutCount);
    }

    private static List<File> files(JsonFields fields) {
        List<File> files = new ArrayList<>();
        Set<String> paths = new HashSet<>();
        Set<String> folders = new HashSet<>();
        long bytes = 0;
        for (JsonFields one : fields.objects("files", Limits.OUTPUT_FILES)) {
            File file = file(one);
            bytes += file.sizeBytes();
            if (bytes > Limits.OUTPUT_FILES_BYTES) {
                throw Refusal.invalidField(
                        one.place("size_bytes"), "with all other files at most " + Limits.OUTPUT_FILES_BYTES);
            }
            boolean isNew = paths.add(file.path()) && !folders.contains(file.path());
            for (int end = file.path().indexOf('/'); end >= 0; end = file.path().indexOf('/', end + 1)) {
                String folder = file.path().substring(0, end);
                folders.add(folder);
                isNew &= !paths.contains(folder);
            }
            if (!isNew) {
                throw Refusal.invalidField(one.place("path"), "another path than those of the other files and folders");
            }
            files.add(file);
        }
        return files;
    }

    private static File file(JsonFields fields) {
        String path = fields.requiredText("path", Limits.OUTPUT_PATH_BYTES);
        fault(path).ifPresent(why -> {
            throw Refusal.invalidField(fields.place("path"), "a plain path below /work; this one " + why);
        });
        String sha256 = fields.requiredText("sha256", DIGEST_BYTES);
        if (!Artifact.isDigest(sha256)) {
            throw Refusal.invalidField(fields.place("sha256"), "64 lower-case hexadecimal digits");
        }
        return new File(
                path,
                fields.requiredWholeNumber("size_bytes", 0, Limits.OUTPUT_FILE_BYTES),
                sha256,
                fields.flag("executable").orElse(false));
    }

    private static Optional<String> fault(String path) {
        String[] parts = path.split("/", -1);
        if (parts.length - 1 > Limits.OUTPUT_DEPTH) {
            return Optional.of("goes through more than " + Limits.OUTPUT_DEPTH + " folders");
        }
        for (String part : parts) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return Optional.of("has a part that is empty, . or ..");
            }
            Optional<String> fault = GuestName.fault(part);
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }
}
