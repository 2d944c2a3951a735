package io.sandrun.node.artifact;

import io.sandrun.node.Backoff;
import io.sandrun.node.attempt.AttemptFailedException;
import io.sandrun.node.attempt.HeldAttempt;
import io.sandrun.protocol.ArtifactClient;
import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.JobFiles.Input;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the inputs of one attempt under its lease, again and again while the broker cannot be reached. One thread.
 */
final class InputDownload implements ArtifactCache.Origin {
    private static final Logger log = LoggerFactory.getLogger(InputDownload.class);

    /** Bytes that are not the artifact come from a broken disk or proxy, and then always. */
    private static final int WRONG_BYTES_TRIES = 3;

    private final ArtifactClient client;
    private final HeldAttempt attempt;
    private final long endNanos;

    InputDownload(ArtifactClient client, HeldAttempt attempt) {
        this.client = client;
        this.attempt = attempt;
        this.endNanos = System.nanoTime()
                + Duration.ofSeconds(Limits.TRANSFER_SECONDS_MAX).toNanos();
    }

    @Override
    public void fetch(Input input, Path target) throws AttemptFailedException, IOException {
        Backoff backoff = new Backoff();
        int wrong = 0;
        while (true) {
            try (IncomingArtifact incoming = new IncomingArtifact(target, input.sha256(), input.sizeBytes())) {
                if (arrives(input, incoming)) {
                    return;
                }
                if (incoming.isWrong() && ++wrong == WRONG_BYTES_TRIES) {
                    throw failed("What the broker sends is not the input " + input.sha256() + ".");
                }
            }
            attempt.await(new CompletableFuture<>(), backoff.next());
        }
    }

    /** Tries once; whether it worked. */
    private boolean arrives(Input input, IncomingArtifact incoming) throws AttemptFailedException {
        try {
            attempt.await(client.get(input.sha256(), attempt.job().leaseId(), incoming), left());
            incoming.finish();
            return true;
        } catch (BrokerException answered) {
            judge(answered);
        } catch (IOException broken) {
            IOException diskFault = incoming.diskFault();
            if (diskFault != null) {
                throw failed("The node's disk did not take an input of the job: " + diskFault.getMessage());
            }
            log.warn("An input of job {} did not arrive: {}", attempt.job().id(), broken.getMessage());
        }
        if (left().isNegative()) {
            throw failed(
                    "The inputs of the job did not arrive within %d seconds.".formatted(Limits.TRANSFER_SECONDS_MAX));
        }
        return false;
    }

    /** Throws unless trying again may help. */
    private void judge(BrokerException answered) throws AttemptFailedException {
        if (answered.is(ErrorCode.STALE_LEASE)) {
            attempt.lose();
            throw new CancellationException();
        }
        // The next heartbeat opens another session.
        if (answered.isRetryable() || answered.is(ErrorCode.SESSION_EXPIRED)) {
            log.warn("An input of job {} cannot be had yet: {}", attempt.job().id(), answered.getMessage());
            return;
        }
        if (answered.httpStatus() == ErrorCode.NOT_FOUND.httpStatus()) {
            throw new AttemptFailedException(
                    Outcome.INVALID_INPUT, "An input of the job is not there: " + answered.getMessage());
        }
        throw failed("The broker refused to send an input of the job: " + answered.getMessage());
    }

    private Duration left() {
        return Duration.ofNanos(endNanos - System.nanoTime());
    }

    private static AttemptFailedException failed(String reason) {
        return new AttemptFailedException(Outcome.SANDBOX_ERROR, reason);
    }
}
