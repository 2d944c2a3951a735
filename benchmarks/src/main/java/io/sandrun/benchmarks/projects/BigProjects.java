package io.sandrun.benchmarks.projects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.benchmarks.Machine;
import io.sandrun.benchmarks.ScratchDirectory;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.transfer.Progress;
import io.sandrun.protocol.transfer.UploadFile;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;

/**
 * A project whose archive and whose output are larger than the heaps of broker and node together: submitted, run,
 * downloaded, compared byte for byte. Prints how long each way took, as a multiple of copying the same file on the same
 * disk, and the memory of both processes. Exits with 1 when a byte is lost or a process needs more memory than its heap
 * and what Java takes beside it.
 */
public final class BigProjects {
    private static final int MEBIBYTES = 1024;
    private static final int HEAP_MEBIBYTES = 256;

    /** The program and its folder, MiB. */
    private static final int DISK_BESIDE_MEBIBYTES = 16;

    private static final double PATIENCE_SECONDS = 300;
    private static final long MIB = 1L << 20;
    private static final long SEED = 20;

    /** What Java takes beside the heap for classes, code and threads, MiB, whatever the heap's size. */
    private static final int JAVA_MEBIBYTES = 256;

    private final PrintStream out;
    private final Path directory;
    private final int mebibytes;
    private final int heapMebibytes;
    private boolean asExpected = true;

    private BigProjects(PrintStream out, Path directory, int mebibytes, int heapMebibytes) {
        this.out = out;
        this.directory = directory;
        this.mebibytes = mebibytes;
        this.heapMebibytes = heapMebibytes;
    }

    /** @param args how large the file is, MiB; {@value #MEBIBYTES} if it is not said */
    public static void main(String[] args) throws Exception {
        Machine.print();
        int mebibytes = args.length > 0 ? Integer.parseInt(args[0]) : MEBIBYTES;
        System.exit(run(System.out, mebibytes, HEAP_MEBIBYTES) ? 0 : 1);
    }

    /** @return whether all was as it should be */
    static boolean run(PrintStream out, int mebibytes, int heapMebibytes) throws Exception {
        try (ScratchDirectory scratch = ScratchDirectory.make()) {
            BigProjects projects = new BigProjects(out, scratch.path(), mebibytes, heapMebibytes);
            projects.measure();
            return projects.asExpected;
        }
    }

    private void measure() throws Exception {
        BigProject project = BigProject.write(directory.resolve("project.tar.gz"), mebibytes, SEED);
        out.printf(
                Locale.ROOT,
                "archive of %,d MiB, output of %,d MiB, heaps of %d MiB%n",
                Files.size(project.archive()) / MIB,
                mebibytes,
                heapMebibytes);
        double copySeconds = copySeconds(project.archive());
        out.printf(Locale.ROOT, "%-42s %8.2f s%n", "anchor: copied on this disk, and flushed", copySeconds);
        try (SmallHeapProcess broker =
                SmallHeapProcess.start(heapMebibytes, directory.resolve("broker"), "broker", "--port", "0")) {
            String url = broker.awaitError("listening at (http://\\S+)");
            try (SmallHeapProcess node = SmallHeapProcess.start(
                    heapMebibytes,
                    directory.resolve("node"),
                    "node",
                    "--broker",
                    url,
                    "--slots",
                    "1",
                    "--environments",
                    "none")) {
                node.awaitError("ready");
                bringThrough(project, new BrokerClient(URI.create(url)), copySeconds);
                check("broker", broker);
                check("node", node);
            }
        }
    }

    private double copySeconds(Path file) throws IOException {
        Path copy = directory.resolve("copy");
        long start = System.nanoTime();
        Files.copy(file, copy);
        try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        double seconds = since(start);
        Files.delete(copy);
        return seconds;
    }

    private void bringThrough(BigProject project, BrokerClient client, double copySeconds) throws Exception {
        ObjectNode manifest = Json.MAPPER
                .createObjectNode()
                .put("entrypoint", "main.py")
                .put("timeout", PATIENCE_SECONDS)
                .put("disk_mb", mebibytes + DISK_BESIDE_MEBIBYTES);
        manifest.putArray("outputs").add(BigProject.FILE);
        long start = System.nanoTime();
        String jobId = client.submit(
                        manifest, List.of(UploadFile.of("project.tar.gz", project.archive())), Progress.UNSEEN)
                .path("job_id")
                .asText();
        print("submit", since(start), copySeconds);
        JobResult result = client.result(jobId, PATIENCE_SECONDS)
                .orElseThrow(() -> new IOException("the job did not end in time"));
        expect(result.output().strip().equals(project.input()), "the program's input: " + result);
        JsonNode status = client.status(jobId, 0);
        print("to the node and unpacked", between(status, "assigned", "prepared"), copySeconds);
        print("the program itself", between(status, "prepared", "ended"), copySeconds);
        print("collected and to the broker", between(status, "ended", "stored"), copySeconds);
        Path target = directory.resolve("downloaded");
        start = System.nanoTime();
        client.download(jobId, BigProject.FILE, target, Progress.UNSEEN);
        print("download", since(start), copySeconds);
        expect(BigProject.digest(target).equals(project.output()), "the downloaded output");
        start = System.nanoTime();
        client.download(jobId, null, target, Progress.UNSEEN);
        print("download of all as tar.gz", since(start), copySeconds);
        expect(BigProject.packedDigest(target).equals(project.output()), "the output in the downloaded archive");
        Files.delete(target);
    }

    /** Seconds between two events of the only attempt. */
    private static double between(JsonNode status, String first, String second) throws IOException {
        return at(status, second) - at(status, first);
    }

    private static double at(JsonNode status, String name) throws IOException {
        for (JsonNode event : status.path("timeline")) {
            if (event.path("event").asText().equals(name)) {
                return event.path("at").asDouble();
            }
        }
        throw new IOException("the job was never " + name);
    }

    private void print(String what, double seconds, double copySeconds) {
        out.printf(Locale.ROOT, "%-42s %8.2f s %6.2f x copy%n", what, seconds, seconds / copySeconds);
    }

    private void check(String name, SmallHeapProcess process) throws IOException {
        expect(process.isAlive(), "the " + name + " has ended");
        SmallHeapProcess.Peak peak = process.peak();
        out.printf("%s at most: %s%n", name, peak);
        expect(peak.resident() <= heapMebibytes + JAVA_MEBIBYTES, "the " + name + " needs more memory beside its heap");
    }

    private void expect(boolean holds, String what) {
        if (!holds) {
            asExpected = false;
            out.println("    NOT AS EXPECTED: " + what);
        }
    }

    private static double since(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e9;
    }
}
