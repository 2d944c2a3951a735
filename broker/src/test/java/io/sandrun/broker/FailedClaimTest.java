package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job that was offered to a claim, which then failed, goes to another that waits. */
class FailedClaimTest {
    @TempDir
    private Path directory;

    @AutoClose
    private BrokerUnderTest broker;

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory);
    }

    /** From now on the database refuses to hand a job to any of these. */
    private void refuse(ScriptedNode... nodes) {
        try (Handle handle = Jdbi.open("jdbc:sqlite:" + directory.resolve(Broker.DATABASE))) {
            handle.execute("create table refused (node_id text)");
            for (ScriptedNode node : nodes) {
                handle.execute("insert into refused values (?)", node.id());
            }
            handle.execute("""
                    create trigger refuses before insert on attempts
                    when new.node_id in (select node_id from refused)
                    begin select raise(abort, 'refused by the test'); end
                    """);
        }
    }

    private CompletableFuture<Reply> parked(ScriptedNode node) {
        CompletableFuture<Reply> claim =
                node.postLater("/claim", Map.of("node_id", node.id(), "slots", 1, "wait_seconds", 25));
        BrokerUnderTest.await(() -> node.waitingClaims() == 1);
        return claim;
    }

    @Test
    void a_job_whose_claim_failed_goes_to_another_that_waits() {
        ScriptedNode failing = ScriptedNode.register(broker, "failing");
        ScriptedNode other = ScriptedNode.register(broker, "other");
        CompletableFuture<Reply> first = parked(failing);
        CompletableFuture<List<Job>> second = other.claimParked(1, 20);
        refuse(failing);
        String jobId = broker.submit("print(1)");
        assertThat(answer(first).status()).isGreaterThanOrEqualTo(500);
        assertThat(answer(second)).extracting(Job::id).containsExactly(jobId);
    }

    @Test
    void a_job_whose_claim_failed_goes_past_the_node_that_it_avoids() {
        ScriptedNode failing = ScriptedNode.register(broker, "failing");
        ScriptedNode avoided = ScriptedNode.register(broker, "avoided");
        ScriptedNode other = ScriptedNode.register(broker, "other", Map.of("slots", 4));
        broker.submit("print('keeps the other busy')");
        other.claimOne();
        String jobId = broker.submit("print(1)");
        Job job = avoided.claimOne();
        CompletableFuture<Reply> first = parked(failing);
        CompletableFuture<List<Job>> second = avoided.claimParked(1, 20);
        CompletableFuture<List<Job>> third = other.claimParked(1, 20);
        refuse(failing);
        avoided.report(job, "sandbox_error", "", -1);
        assertThat(answer(first).status()).isGreaterThanOrEqualTo(500);
        assertThat(answer(third)).extracting(Job::id).containsExactly(jobId);
        assertThat(second).isNotDone();
    }

    @Test
    void a_job_that_no_claim_can_have_does_not_fail_them_all() {
        List<ScriptedNode> nodes = ScriptedNode.registerAll(broker, "1", "2", "3", "4", "5");
        List<CompletableFuture<Reply>> claims = nodes.stream().map(this::parked).toList();
        refuse(nodes.toArray(ScriptedNode[]::new));
        broker.submit("print(1)");
        List<CompletableFuture<Reply>> failed = claims.subList(0, 3);
        failed.forEach(claim -> assertThat(answer(claim).status()).isGreaterThanOrEqualTo(500));
        assertThat(nodes.subList(3, 5)).allMatch(node -> node.waitingClaims() == 1);
    }
}
