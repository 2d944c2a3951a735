package io.sandrun.benchmarks.pool;

import io.sandrun.benchmarks.SignedNode;
import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.identity.NodeKey;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A node with a key that runs nothing and answers as its conduct is. One thread, until it is closed. */
final class ScriptedVolunteer implements AutoCloseable {
    private static final double CLAIM_WAIT_SECONDS = 0.5;
    private static final long END_TIMEOUT_MS = 60_000;
    private static final long PAUSE_MS = 50;
    private static final int REGISTRATIONS_MAX = 100;

    private final SignedNode node;
    private final Conduct conduct;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable IOException failure;

    private ScriptedVolunteer(SignedNode node, Conduct conduct) {
        this.node = node;
        this.conduct = conduct;
        this.thread = new Thread(this::serve, "volunteer");
    }

    static ScriptedVolunteer start(URI broker, String name, Conduct conduct) throws IOException {
        SignedNode node = new SignedNode(broker, NodeKey.generate(), Clock.systemUTC());
        ScriptedVolunteer volunteer = new ScriptedVolunteer(node, conduct);
        volunteer.register(name);
        volunteer.thread.start();
        return volunteer;
    }

    /** For a moment after its start a broker takes no signature, since it may have seen it before. */
    private void register(String name) throws IOException {
        for (int tries = 1; ; tries++) {
            try {
                node.register(name, List.of("python3"), 1, List.of());
                return;
            } catch (BrokerException answered) {
                if (!answered.is(ErrorCode.CLOCK_OFF) || tries == REGISTRATIONS_MAX || isClosedWithin(PAUSE_MS)) {
                    throw answered;
                }
            }
        }
    }

    private boolean isClosedWithin(long millis) {
        try {
            return closed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void serve() {
        try {
            while (closed.getCount() > 0) {
                for (ClaimedJob job : node.claim(1, CLAIM_WAIT_SECONDS)) {
                    answer(job);
                }
            }
        } catch (IOException unexpected) {
            failure = unexpected;
        }
    }

    private void answer(ClaimedJob job) throws IOException {
        Conduct.Said said = conduct.say(job.code());
        node.complete(job, said.outcome(), "", said.output(), said.exitCode());
    }

    /** Lets it claim nothing more; {@link #close} waits for that. */
    void end() {
        closed.countDown();
    }

    /** @throws IOException if it was answered something that a node does not expect */
    @Override
    public void close() throws IOException {
        end();
        try {
            thread.join(END_TIMEOUT_MS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        IOException unexpected = failure;
        if (unexpected != null) {
            throw unexpected;
        }
    }
}
