package io.sandrun.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.node.ReportLoop.Then;
import io.sandrun.node.artifact.OutputStore;
import io.sandrun.node.artifact.OutputUploads;
import io.sandrun.node.attempt.AttemptFailedException;
import io.sandrun.node.attempt.AttemptStep;
import io.sandrun.node.attempt.AttemptWork;
import io.sandrun.node.attempt.HeldAttempt;
import io.sandrun.protocol.ArtifactClient;
import io.sandrun.protocol.BrokerAddress;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Capabilities;
import io.sandrun.protocol.JobFiles;
import io.sandrun.protocol.JobLimits;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.NodeMessages.CompleteAnswer;
import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.identity.NodeKey;
import io.sandrun.runtime.SandboxSettings;
import io.sandrun.runtime.Sandboxes;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttemptRunnerTest {
    @TempDir
    private Path directory;

    private final AtomicBoolean isLetGo = new AtomicBoolean();

    /** Holds on to two things, one of which cannot be let go of, and fails. */
    private final AttemptStep step = new AttemptStep() {
        @Override
        public String doing() {
            return "it was tested";
        }

        @Override
        public void take(AttemptWork work) throws AttemptFailedException {
            work.whenOver(() -> isLetGo.set(true));
            work.whenOver(() -> {
                throw new IllegalStateException("stays");
            });
            throw new AttemptFailedException(Outcome.SANDBOX_ERROR, "It failed.");
        }
    };

    private static ClaimedJob job(String leaseId) {
        JobLimits limits = new JobLimits(1, null, 64, 8, 8, 0);
        return new ClaimedJob(
                "pool-1", leaseId, 1, "1", "python3", List.of(), Map.of(), "", limits, null, JobFiles.NONE);
    }

    private ReportLoop reports(ScriptedBroker broker, BrokerClient client, BrokerSession session, LogLoop logs)
            throws Exception {
        OutputStore outputs = new OutputStore(directory.resolve("outputs"), List.of());
        OutputUploads uploads = new OutputUploads(outputs, new ArtifactClient(BrokerAddress.of(broker.url()), null));
        Outbox outbox = new Outbox(directory.resolve("outbox"));
        return new ReportLoop(client, session, new HeldLeases(), logs, uploads, outbox, NodeKey.generate());
    }

    @Test
    void what_cannot_be_let_go_of_costs_neither_the_report_nor_the_job_that_it_brought() throws Exception {
        try (ScriptedBroker broker = new ScriptedBroker();
                Sandboxes sandboxes = Sandboxes.open(new SandboxSettings(1, directory))) {
            Capabilities offer = Capabilities.of(List.of("python3"), 1, 1024, 1);
            BrokerClient client = new BrokerClient(broker.url());
            BrokerSession session = new BrokerSession(client, "key", "test", offer, new HeldLeases());
            LogLoop logs = new LogLoop(client, session, directory.resolve("logs"));
            AttemptRunner runner = new AttemptRunner(List.of(step), logs, reports(broker, client, session, logs));
            ClaimedJob next = job("lease-2");
            broker.answer("/complete", 200, CompleteAnswer.recorded(List.of(next)));

            assertThat(runner.run(sandboxes.slot(0), new HeldAttempt(job("lease-1")), () -> Then.CLAIM))
                    .contains(next);
            assertThat(broker.await("/complete").at("/attempt/reason").asText()).isEqualTo("It failed.");
            assertThat(isLetGo).isTrue();
        }
    }
}
