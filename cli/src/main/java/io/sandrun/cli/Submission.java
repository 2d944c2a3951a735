package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.cli.pack.ProjectFolder;
import io.sandrun.node.environment.EnvironmentChoice;
import io.sandrun.node.install.InstallChoice;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Interpreters;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.identity.Digest;
import io.sandrun.protocol.transfer.UploadFile;
import io.sandrun.runtime.name.GuestName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code run} and {@code submit} send: a snippet as JSON, or a project as its files. Whatever can be said of it
 * without the broker has been said when one is there.
 *
 * @param job the fields of a snippet, or the manifest of a project
 * @param files of a project; empty for a snippet
 * @param program the name of the file to run, where it is known
 */
record Submission(
        ObjectNode job, List<UploadFile> files, @Nullable String program) {
    private static final Pattern ARCHIVE = Pattern.compile("(?i).*\\.(tar|tar\\.gz|tgz|tar\\.zst|tzst|zip)");

    /** What the broker runs of a project that names nothing. */
    private static final List<String> USUAL_PROGRAMS = List.of("main.py", "index.js", "run.sh");

    private static final String ENTRYPOINT = "entrypoint";
    private static final long MIB = 1L << 20;

    /** @throws UsageException if that is no job */
    static Submission of(JobOptions options) throws IOException {
        if (options.program.equals(JobOptions.STANDARD_INPUT)) {
            return snippet(options);
        }
        Path path = Path.of(options.program);
        if (Files.isDirectory(path)) {
            return folder(options, path);
        }
        if (!Files.exists(path)) {
            throw new UsageException("There is no file or folder %s.".formatted(options.program));
        }
        if (ARCHIVE.matcher(fileName(path)).matches()) {
            return archive(options, path);
        }
        boolean needsFiles = options.manifest != null
                || options.requirements != null
                || options.entrypoint != null
                || (options.keepsFiles && options.outputs.isEmpty()); // of a snippet only those that are named are kept
        return needsFiles ? files(options, path) : snippet(options);
    }

    private static Submission snippet(JobOptions options) throws IOException {
        if (options.manifest != null || options.requirements != null || options.entrypoint != null) {
            throw new UsageException("--manifest, --requirements and --entrypoint need a file or a folder, not -.");
        }
        if (options.program.equals(options.stdin)) {
            throw new UsageException("Standard input cannot be both the program and what it reads.");
        }
        ObjectNode job = Json.MAPPER.createObjectNode();
        job.put("code", TextFile.read(options.program, Limits.CODE_BYTES));
        job.put("interpreter", interpreter(options));
        complete(job, options);
        return new Submission(job, List.of(), null);
    }

    private static String interpreter(JobOptions options) {
        if (options.interpreter != null || options.program.equals(JobOptions.STANDARD_INPUT)) {
            return Optional.ofNullable(options.interpreter).orElse(Interpreters.DEFAULT);
        }
        return Interpreters.forFileName(options.program)
                .orElseThrow(() ->
                        new UsageException("The ending of %s does not tell its interpreter. Name it with --interpreter."
                                .formatted(options.program)));
    }

    private static Submission folder(JobOptions options, Path folder) throws IOException {
        Path own = folder.resolve(ManifestFile.NAME);
        ObjectNode job = options.manifest == null && Files.exists(own) ? ManifestFile.read(own) : manifest(options);
        complete(job, options);
        long diskMb = job.path("disk_mb").isInt() ? job.path("disk_mb").asInt() : Limits.DISK_MB_DEFAULT;
        ProjectFolder project = ProjectFolder.of(
                folder, new ProjectFolder.Bounds(Math.min(diskMb, Limits.DISK_MB_MAX) * MIB, Limits.DISK_INODES));
        String name = fileName(folder.toRealPath()) + ".tar.gz";
        String program = job.path(ENTRYPOINT)
                .asText(USUAL_PROGRAMS.stream()
                        .filter(project.files()::contains)
                        .findFirst()
                        .orElse(null));
        return new Submission(job, List.of(new UploadFile(name, -1, project::archive)), program);
    }

    private static Submission archive(JobOptions options, Path archive) throws IOException {
        ObjectNode job = manifest(options);
        complete(job, options);
        return new Submission(
                job, List.of(upload(archive)), job.path(ENTRYPOINT).asText(null));
    }

    /** One program that needs more than a snippet can have, and what it requires beside it. */
    private static Submission files(JobOptions options, Path program) throws IOException {
        ObjectNode job = manifest(options);
        complete(job, options);
        if (!job.has(ENTRYPOINT)) {
            job.put(ENTRYPOINT, fileName(program));
            if (!job.has("interpreter")) {
                job.put("interpreter", interpreter(options));
            }
        }
        UploadFile file = upload(program);
        if (options.requirements == null) {
            return new Submission(job, List.of(file), fileName(program));
        }
        Path requirements = Path.of(options.requirements);
        if (!Files.isRegularFile(requirements)) {
            throw new UsageException("There is no file %s.".formatted(options.requirements));
        }
        job.put("requirements", fileName(requirements));
        return new Submission(job, List.of(file, upload(requirements)), fileName(program));
    }

    private static ObjectNode manifest(JobOptions options) throws IOException {
        return options.manifest == null ? Json.MAPPER.createObjectNode() : ManifestFile.read(options.manifest);
    }

    private static void complete(ObjectNode job, JobOptions options) throws IOException {
        options.putInto(job);
        if (options.stdin != null) {
            job.put("stdin", TextFile.read(options.stdin, Limits.STDIN_BYTES));
        }
    }

    private static UploadFile upload(Path file) throws IOException {
        String name = fileName(file);
        Optional<String> fault = GuestName.fault(name);
        if (fault.isPresent()) {
            throw new UsageException("The name %s %s. Rename the file.".formatted(GuestName.show(name), fault.get()));
        }
        return UploadFile.of(name, file);
    }

    private static String fileName(Path path) {
        return path.getFileName() == null ? "project" : path.getFileName().toString();
    }

    /** The only interpreter that a node for this job alone must have, or empty if that is not known here. */
    Optional<String> interpreter() {
        String named = job.path("interpreter").asText("");
        if (!named.isEmpty()) {
            return Interpreters.canonical(named);
        }
        return program == null ? Optional.empty() : Interpreters.forFileName(program);
    }

    /** What it is: two that differ in anything have different digests. */
    String sha256() throws IOException {
        MessageDigest digest = Digest.sha256();
        digest.update(Json.bytes(job));
        for (UploadFile file : files) {
            try (InputStream content = file.content().open()) {
                String line = file.name() + "\0" + Digest.of(content) + "\n";
                digest.update(line.getBytes(StandardCharsets.UTF_8));
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Submits it with this as its standard input, under a key that stands for it; the broker's answer. */
    JsonNode send(BrokerClient client, String stdin, String key) throws IOException {
        ObjectNode own = job.deepCopy().put("stdin", stdin);
        return files.isEmpty() ? client.submit(own, key) : client.submit(own, files, (moved, total) -> {}, key);
    }

    /**
     * The environments that a node for this job alone looks at: none for a program that names none. One that does may
     * have the name wrong, and is told which there are.
     */
    EnvironmentChoice environments() {
        return job.has("environment") || mayHoldManifest() ? EnvironmentChoice.ALL : EnvironmentChoice.NONE;
    }

    /** What such a node may install. */
    InstallChoice installs() {
        return job.has("requirements") || mayHoldManifest() ? InstallChoice.PUBLIC : InstallChoice.NONE;
    }

    /** Whether it may say more of itself in a file that only the broker opens. */
    private boolean mayHoldManifest() {
        return files.stream().anyMatch(file -> ARCHIVE.matcher(file.name()).matches());
    }

    /** Submits it; the broker's answer. */
    JsonNode send(BrokerClient client) throws IOException {
        if (files.isEmpty()) {
            return client.submit(job);
        }
        try (ProgressLine line = new ProgressLine("Uploading")) {
            return client.submit(job, files, line);
        }
    }
}
