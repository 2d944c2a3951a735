package io.sandrun.cli;

import static io.sandrun.cli.ProjectJobs.files;
import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.Outcome;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs whose files are on their way when something ends: broker and nodes as processes of their own. */
class TransfersTest {
    private static final String FETCH = "GET /artifacts/";
    private static final String BRING = "PUT /artifacts/";
    private static final String MANIFEST = "{\"outputs\": [\"large.bin\"]}";
    private static final int OUTPUT_BYTES = 4_000_000;

    /** Leaves an output that does not fit into the buffers of a connection. */
    private static final String PROGRAM = "open('large.bin', 'wb').write(b'x' * %d)".formatted(OUTPUT_BYTES);

    @TempDir
    Path directory;

    private SandrunProcess broker;
    private SandrunProcess node;
    private HoldingProxy proxy;
    private ProjectJobs jobs;
    private String url;

    @BeforeEach
    void start() throws Exception {
        broker = startBroker("0", 6);
        url = broker.awaitError("listening at (http://\\S+)");
        jobs = new ProjectJobs(url, Files.createDirectory(directory.resolve("downloads")));
        proxy = new HoldingProxy(url);
        node = startNode(proxy.url(), "first");
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        node.close();
        broker.close();
    }

    @Test
    void one_archive_is_fetched_once_for_nine_jobs() throws Exception {
        List<String> ids = new ArrayList<>();
        for (int job = 0; job < 9; job++) {
            ids.add(jobs.submit(
                    "{\"args\": [\"%d\"]}".formatted(job), files("main.py", "import sys; print(sys.argv)")));
        }
        for (int job = 0; job < 9; job++) {
            assertThat(jobs.completed(ids.get(job)).output()).contains("'" + job + "'");
        }
        assertThat(proxy.fetches()).isOne();
    }

    @Test
    void a_cancel_ends_a_job_whose_inputs_do_not_come() throws Exception {
        proxy.holdNext(FETCH);
        String jobId = jobs.submit(MANIFEST, files("main.py", PROGRAM));
        proxy.awaitHeld();
        jobs.client().cancel(jobId);
        assertThat(jobs.result(jobId).code()).isEqualTo(Outcome.CANCELLED);
        assertThat(jobs.outputs(jobId)).isEmpty();
        assertServing();
    }

    @Test
    void a_cancel_ends_a_job_whose_outputs_do_not_go() throws Exception {
        proxy.holdNext(BRING);
        String jobId = jobs.submit(MANIFEST, files("main.py", PROGRAM));
        proxy.awaitHeld();
        jobs.client().cancel(jobId);
        assertThat(jobs.result(jobId).code()).isEqualTo(Outcome.CANCELLED);
        assertThat(jobs.outputs(jobId)).isEmpty();
        assertServing();
    }

    @Test
    void a_node_that_loses_its_lease_while_it_brings_outputs_leaves_them_to_the_next() throws Exception {
        proxy.holdNext(BRING);
        String jobId = jobs.submit(MANIFEST, files("main.py", PROGRAM));
        proxy.awaitHeld();
        proxy.holdEverything();
        try (SandrunProcess second = startNode(url, "second")) {
            JobResult result = jobs.completed(jobId);
            assertThat(result.attempts()).isEqualTo(2);
            assertThat(jobs.download(jobId, "large.bin")).hasSize(OUTPUT_BYTES);
            second.terminate();
            second.awaitEnd();
        }
        proxy.release();
        // The first node is back and has let go of the job that is another's now.
        assertServing();
        assertThat(jobs.result(jobId).attempts()).isEqualTo(2);
    }

    @Test
    void outputs_that_a_broker_did_not_live_to_see_are_brought_to_the_next() throws Exception {
        proxy.holdNext(BRING);
        String jobId = jobs.submit(MANIFEST, files("main.py", PROGRAM));
        proxy.awaitHeld();
        broker.kill();
        broker.awaitEnd();
        // A node that has waited longer and longer for the broker has all the longer to be heard of.
        broker = startBroker(String.valueOf(URI.create(url).getPort()), 20);
        broker.awaitError("listening at (http://\\S+)");
        proxy.release();
        JobResult result = jobs.completed(jobId);
        assertThat(result.attempts()).isOne();
        assertThat(jobs.download(jobId, "large.bin")).hasSize(OUTPUT_BYTES);
    }

    private void assertServing() throws Exception {
        String jobId = jobs.submit(MANIFEST, files("main.py", "print(6 * 7)"));
        assertThat(jobs.completed(jobId).output()).isEqualTo("42\n");
    }

    private SandrunProcess startBroker(String port, int nodeTimeoutSeconds) throws Exception {
        return SandrunProcess.start(
                Map.of(),
                "broker",
                "--port=" + port,
                "--node-timeout=" + nodeTimeoutSeconds,
                "--data=" + directory.resolve("broker"));
    }

    private SandrunProcess startNode(String broker, String name) throws Exception {
        SandrunProcess started = SandrunProcess.start(
                Map.of(),
                "node",
                "--broker=" + broker,
                "--slots=1",
                "--environments=none",
                "--drain-seconds=0",
                "--data=" + directory.resolve(name));
        started.awaitError("ready");
        return started;
    }
}
