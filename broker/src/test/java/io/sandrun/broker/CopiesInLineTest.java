package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.ScriptedNode.Job;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies that no node may have now are not in the way of others, and a node that gave one back may have another. */
class CopiesInLineTest {
    @TempDir
    private Path directory;

    @AutoClose
    private BrokerUnderTest broker;

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory, settings -> settings.verifySameAddress(true));
    }

    private List<ScriptedNode> nodes() {
        return ScriptedNode.registerAll(broker, "a", "b", "c");
    }

    private static Map<String, ?> job(int replicas) {
        return Map.of("code", "print(1)", "verify", Map.of("replicas", replicas, "quorum", 2));
    }

    private void submit(int count, int replicas) {
        Map<String, ?> jobs = Map.of("jobs", Collections.nCopies(count, job(replicas)));
        assertThat(broker.post("/submit/batch", jobs).status()).isEqualTo(200);
    }

    /** Runs what the node is given, until that is nothing; answers how much it was. */
    private static int work(ScriptedNode node) {
        int done = 0;
        for (List<Job> given = node.claim(4, 0); !given.isEmpty(); given = node.claim(4, 0)) {
            // Together, so that they share a commit.
            given.stream()
                    .map(copy -> node.reportLater(copy, "ok", "1\n", 0))
                    .toList()
                    .forEach(BrokerUnderTest::answer);
            done += given.size();
        }
        return done;
    }

    @Test
    void jobs_that_want_more_nodes_than_there_are_do_not_stop_the_others() {
        List<ScriptedNode> nodes = nodes();
        submit(100, 15);
        nodes.forEach(CopiesInLineTest::work);
        String jobId = broker.submit(job(2));
        nodes.forEach(CopiesInLineTest::work);
        assertThat(broker.result(jobId).path("output").asText()).isEqualTo("1\n");
    }

    @Test
    void a_node_finds_its_copies_behind_more_than_it_looks_at_also_while_other_jobs_wait() {
        ScriptedNode only = nodes().get(0);
        submit(1_000, 2);
        submit(150, 2);
        assertThat(work(only)).isEqualTo(1_150);
        String first = broker.submit("print(1)");
        String verified = broker.submit(job(2));
        String last = broker.submit("print(2)");
        List<String> given = Stream.generate(only::claimOne)
                .limit(3)
                .map(job -> job.body().at("/env/SANDRUN_JOB_ID").asText(job.id()))
                .toList();
        assertThat(given).containsExactly(first, verified, last);
    }

    @Test
    void a_copy_that_was_given_back_keeps_its_node_from_no_other_one() {
        List<ScriptedNode> nodes = nodes();
        String jobId = broker.submit(job(3));
        nodes.get(0).release(false, nodes.get(0).claimOne());
        for (ScriptedNode node : List.of(nodes.get(1), nodes.get(2), nodes.get(0))) {
            node.complete(node.claimOne(), "1\n");
        }
        assertThat(broker.result(jobId).path("output").asText()).isEqualTo("1\n");
    }
}
