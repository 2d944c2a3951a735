package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.transfer.Progress;
import io.sandrun.protocol.transfer.UploadFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Projects as a client of a real broker submits them, and what becomes of them. For one thread. */
final class ProjectJobs {
    private static final double PATIENCE_SECONDS = 90;

    private final BrokerClient client;
    private final Path downloads;

    ProjectJobs(String url, Path downloads) {
        this.client = new BrokerClient(URI.create(url));
        this.downloads = downloads;
    }

    BrokerClient client() {
        return client;
    }

    /** Files by path, each given as its path and its text. */
    static Map<String, byte[]> files(String... pathsAndTexts) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int place = 0; place < pathsAndTexts.length; place += 2) {
            files.put(pathsAndTexts[place], pathsAndTexts[place + 1].getBytes(StandardCharsets.UTF_8));
        }
        return files;
    }

    /** A program that lies beside these tests. */
    static byte[] resource(String name) throws IOException {
        try (InputStream in = ProjectJobs.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("there is no resource " + name);
            }
            return in.readAllBytes();
        }
    }

    /** Submits a tar.gz and a manifest in JSON. */
    String submit(String manifest, Map<String, byte[]> files) throws IOException {
        byte[] packed = PackageIndex.tarGz(files);
        UploadFile upload = new UploadFile("job.tar.gz", packed.length, () -> new ByteArrayInputStream(packed));
        return client.submit(Json.MAPPER.readTree(manifest), List.of(upload), Progress.UNSEEN)
                .path("job_id")
                .asText();
    }

    String submitSnippet(String code, String... outputs) throws IOException {
        ObjectNode body =
                Json.MAPPER.createObjectNode().put("interpreter", "python3").put("code", code);
        body.set("outputs", Json.MAPPER.valueToTree(outputs));
        return client.submit(body).path("job_id").asText();
    }

    JobResult result(String jobId) throws IOException {
        return client.result(jobId, PATIENCE_SECONDS).orElseThrow();
    }

    /** Waits for a job that is expected to end well. */
    JobResult completed(String jobId) throws IOException {
        JobResult result = result(jobId);
        assertThat(result.status()).as("%s", result).isEqualTo("completed");
        return result;
    }

    /** The paths of the files that a job left. */
    List<String> outputs(String jobId) throws IOException {
        List<String> paths = new ArrayList<>();
        client.outputs(jobId).path("files").forEach(path -> paths.add(path.asText()));
        return paths;
    }

    /** What was left out of a job's outputs, by escaped name, with why. */
    Map<String, String> leftOut(String jobId) throws IOException {
        Map<String, String> reasons = new LinkedHashMap<>();
        for (JsonNode left : client.outputs(jobId).path("left_out")) {
            reasons.put(left.path("name").asText(), left.path("reason").asText());
        }
        return reasons;
    }

    byte[] download(String jobId, String path) throws IOException {
        Path target = Files.createTempFile(downloads, "output", "");
        client.download(jobId, path, target, Progress.UNSEEN);
        return Files.readAllBytes(target);
    }

    String text(String jobId, String path) throws IOException {
        return new String(download(jobId, path), StandardCharsets.UTF_8);
    }
}
