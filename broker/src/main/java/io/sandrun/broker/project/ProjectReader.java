package io.sandrun.broker.project;

import io.sandrun.broker.JsonFields;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.job.JobRequest;
import io.sandrun.broker.job.JobSubmission;
import io.sandrun.broker.job.Manifest;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Interpreters;
import io.sandrun.protocol.JobFiles.Installer;
import io.sandrun.protocol.JobFiles.Requirements;
import io.sandrun.protocol.Limits;
import io.sandrun.runtime.archive.ArchiveReader;
import io.sandrun.runtime.archive.ArchiveRefusedException;
import io.sandrun.runtime.name.GuestName;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a job of an upload whose parts are all here. Thread-safe. */
final class ProjectReader {
    /** Where a project begins that does not say so, in this order. */
    private static final List<String> ENTRYPOINTS = List.of("main.py", "index.js", "run.sh");

    private static final String PACKAGE_JSON = "package.json";
    private static final long MIB = 1L << 20;

    private final JobSubmission submission;
    private final ArchiveCheck check;

    ProjectReader(JobSubmission submission, ArchiveCheck check) {
        this.submission = submission;
        this.check = check;
    }

    /** @throws Refusal for the first thing that does not fit */
    JobRequest read(Upload upload) {
        JsonFields fields = upload.manifest();
        if (upload.files().isEmpty()) {
            throw Refusal.missingField(Upload.FILES, "an archive or files, each as a part with a file name");
        }
        if (fields.has(Manifest.ENTRYPOINT)) {
            // Before the archive is read: what is wrong here needs no look into it.
            Manifest manifest = submission.readManifest(fields);
            return job(upload, check.read(upload.files()), manifest);
        }
        ProjectTree tree = check.read(upload.files());
        return job(upload, tree, submission.readManifest(withJobJson(fields, tree.jobJson())));
    }

    private static JsonFields withJobJson(JsonFields fields, byte @Nullable [] jobJson) {
        if (jobJson == null) {
            return fields;
        }
        if (jobJson.length > Limits.MANIFEST_BYTES) {
            throw Refusal.invalidField(
                    ProjectTree.JOB_JSON, "a manifest of at most " + Limits.MANIFEST_BYTES + " bytes");
        }
        return fields.or(JsonFields.parsePart(jobJson, ProjectTree.JOB_JSON));
    }

    private static JobRequest job(Upload upload, ProjectTree tree, Manifest manifest) {
        String entrypoint = entrypoint(manifest, tree);
        String interpreter = interpreter(manifest, entrypoint);
        Requirements requirements = requirements(manifest, tree);
        requireRoom(manifest, tree);
        return manifest.request(
                interpreter, upload.files().stream().map(Received::input).toList(), entrypoint, requirements);
    }

    private static String entrypoint(Manifest manifest, ProjectTree tree) {
        String place = manifest.place(Manifest.ENTRYPOINT);
        String written = manifest.entrypoint();
        if (written != null) {
            return file(written, place, tree);
        }
        return ENTRYPOINTS.stream()
                .filter(tree::hasFile)
                .findFirst()
                .orElseThrow(() -> Refusal.missingField(
                        place,
                        "the file to run, for there is no " + String.join(", ", ENTRYPOINTS)
                                + " at the top of the files"
                                + hint(ENTRYPOINTS.stream()
                                        .flatMap(name -> tree.near(name).stream())
                                        .findFirst()
                                        .orElse(null))));
    }

    /** The path of a file that the manifest names. */
    private static String file(String written, String place, ProjectTree tree) {
        String path;
        try {
            path = ArchiveReader.plainPath(written, Upload.LIMITS);
        } catch (ArchiveRefusedException bad) {
            throw new Refusal(
                    ErrorCode.INVALID_FIELD,
                    "The field \"" + place + "\" must be the path of one of the files. " + bad.getMessage(),
                    Map.of("field", place, "expected", "the path of one of the files"));
        }
        if (tree.hasDirectory(path)) {
            throw Refusal.invalidField(place, "a file, and \"" + GuestName.show(path) + "\" is a folder");
        }
        if (!tree.hasFile(path)) {
            throw Refusal.invalidField(
                    place,
                    "one of the files, and none is \"" + GuestName.show(path) + "\""
                            + hint(tree.near(path).orElse(null)));
        }
        return path;
    }

    private static String hint(@Nullable String near) {
        return near == null ? "" : " (there is \"" + GuestName.show(near) + "\")";
    }

    private static String interpreter(Manifest manifest, String entrypoint) {
        String named = manifest.interpreter();
        return named != null
                ? named
                : Interpreters.forFileName(ProjectTree.name(entrypoint))
                        .orElseThrow(() -> Refusal.missingField(
                                manifest.place(Manifest.INTERPRETER),
                                "one of " + String.join(", ", Interpreters.NAMES)
                                        + ", for the name of the entrypoint \"" + GuestName.show(entrypoint)
                                        + "\" does not tell"));
    }

    private static @Nullable Requirements requirements(Manifest manifest, ProjectTree tree) {
        String written = manifest.requirements();
        if (written == null) {
            return null;
        }
        String place = manifest.place(Manifest.REQUIREMENTS);
        String path = file(written, place, tree);
        String name = ProjectTree.name(path);
        if (name.equals(PACKAGE_JSON)) {
            return new Requirements(Installer.NPM, path);
        }
        boolean isForPip = name.endsWith(".txt") || name.endsWith(".in");
        if (!isForPip) {
            throw Refusal.invalidField(place, "a file such as requirements.txt for pip, or package.json for npm");
        }
        return new Requirements(Installer.PIP, path);
    }

    private static void requireRoom(Manifest manifest, ProjectTree tree) {
        long neededMb = (Math.max(tree.diskBytes(), tree.archiveBytes()) + MIB - 1) / MIB;
        if (neededMb > manifest.diskMb()) {
            String place = manifest.place("disk_mb");
            throw new Refusal(
                    ErrorCode.INVALID_FIELD,
                    "The files need %d MiB, and the job has a disk of %d MiB: say how much in \"%s\", up to %d."
                            .formatted(neededMb, manifest.diskMb(), place, Limits.DISK_MB_MAX),
                    Map.of("field", place, "expected", "at least " + neededMb, "needed_mb", neededMb));
        }
    }
}
