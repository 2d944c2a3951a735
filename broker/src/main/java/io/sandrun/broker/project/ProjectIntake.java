package io.sandrun.broker.project;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.artifact.ArtifactStore;
import io.sandrun.broker.artifact.Hold;
import io.sandrun.broker.job.JobRequest;
import io.sandrun.broker.job.JobSubmission;
import java.util.function.Consumer;

/** Where projects come in: their files into the store, and what they say of themselves checked. Thread-safe. */
public final class ProjectIntake {
    private final ArtifactStore artifacts;
    private final ProjectReader reader;

    public ProjectIntake(ArtifactStore artifacts, JobSubmission submission) {
        this.artifacts = artifacts;
        this.reader = new ProjectReader(submission, new ArchiveCheck(artifacts));
    }

    /**
     * A project that may be submitted.
     *
     * @param files holds its files, until somebody closes it
     */
    public record Project(JobRequest job, Hold files) {}

    /**
     * Receives an upload. Blocks until all of it is here and was looked at.
     *
     * @param body passes all its parts on
     * @throws Refusal if it is not taken; then nothing of it is kept
     */
    public Project receive(Consumer<PartSink> body) {
        Hold hold = artifacts.hold();
        try (Upload upload = new Upload(hold)) {
            body.accept(upload);
            return new Project(reader.read(upload), hold);
        } catch (RuntimeException | Error refused) {
            hold.close();
            throw refused;
        }
    }
}
