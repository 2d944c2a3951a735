package io.sandrun.node.artifact;

import io.sandrun.node.attempt.AttemptFailedException;
import io.sandrun.node.attempt.AttemptStep;
import io.sandrun.node.attempt.AttemptWork;
import io.sandrun.protocol.ArtifactClient;
import io.sandrun.protocol.JobFiles;
import io.sandrun.protocol.JobFiles.Input;
import io.sandrun.protocol.Outcome;
import io.sandrun.runtime.HostCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Brings what the job starts with to this node. Its time is bounded, and is not the job's. Thread-safe. */
public final class FetchInputs implements AttemptStep {
    private final ArtifactCache cache;
    private final ArtifactClient client;

    public FetchInputs(ArtifactCache cache, ArtifactClient client) {
        this.cache = cache;
        this.client = client;
    }

    @Override
    public String doing() {
        return "its inputs were fetched";
    }

    @Override
    public void take(AttemptWork work) throws AttemptFailedException, IOException {
        InputDownload download = new InputDownload(client, work.attempt());
        for (Input input : work.job().files().inputs()) {
            if (!ArtifactDigest.isDigest(input.sha256()) || input.sizeBytes() < 0) {
                throw new AttemptFailedException(Outcome.INVALID_INPUT, "An input of the job has no valid digest.");
            }
            ArtifactCache.Pinned artifact = cache.bring(input, work.attempt(), download);
            work.whenOver(artifact::close);
            add(work, input, artifact.path());
        }
    }

    private static void add(AttemptWork work, Input input, Path file) throws AttemptFailedException {
        if (input.form() == JobFiles.Form.ARCHIVE) {
            work.addArchive(() -> new WantedStream(Files.newInputStream(file), work.attempt()));
        } else if (input.path() != null) {
            work.addCopy(new HostCopy(input.path(), file));
        } else {
            throw new AttemptFailedException(Outcome.INVALID_INPUT, "An input of the job is a file without a path.");
        }
    }
}
