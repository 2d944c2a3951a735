package io.sandrun.broker.project;

import io.sandrun.broker.artifact.Artifact;
import io.sandrun.protocol.JobFiles.Form;
import io.sandrun.protocol.JobFiles.Input;
import org.jspecify.annotations.Nullable;

/**
 * One file of an upload, in the store.
 *
 * @param path where a single file goes, plain; null for an archive
 * @param shown what a refusal calls it: its name, harmless
 */
record Received(Artifact artifact, Form form, @Nullable String path, String shown) {
    boolean isArchive() {
        return form == Form.ARCHIVE;
    }

    Input input() {
        return new Input(artifact.sha256(), artifact.sizeBytes(), form, path);
    }
}
