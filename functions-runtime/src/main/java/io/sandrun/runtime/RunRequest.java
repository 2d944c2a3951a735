package io.sandrun.runtime;

import io.sandrun.runtime.output.OutputRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One command and all that it may have.
 *
 * @param command argv; the first is an absolute path as seen inside the sandbox
 * @param environment exactly this; nothing is inherited
 * @param stdin what the command can read before it sees end of file
 * @param inputs written into /work before the command starts
 * @param readOnlyPaths host directories or files outside /usr that are shown read-only at the same path
 * @param limits what the whole process tree may use
 * @param outputs what is taken out of /work after the end; {@link OutputRequest#NOTHING} costs nothing
 * @param shownTrees directories of the host that are shown under other names
 * @param door its one way out, or null for none
 * @param harvest what else is taken out of /work after a success
 * @param preload what the command may be forked from, or null when it can only be executed
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of a guest: never compared, never a key
public record RunRequest(
        List<String> command,
        Map<String, String> environment,
        byte[] stdin,
        Inputs inputs,
        List<Path> readOnlyPaths,
        RunLimits limits,
        OutputRequest outputs,
        List<ShownTree> shownTrees,
        @Nullable Door door,
        Harvest harvest,
        @Nullable Preload preload) {
    public RunRequest {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        readOnlyPaths = List.copyOf(readOnlyPaths);
        shownTrees = List.copyOf(shownTrees);
    }

    /** A request without a way out. */
    public RunRequest(
            List<String> command,
            Map<String, String> environment,
            byte[] stdin,
            Inputs inputs,
            List<Path> readOnlyPaths,
            RunLimits limits,
            OutputRequest outputs) {
        this(
                command,
                environment,
                stdin,
                inputs,
                readOnlyPaths,
                limits,
                outputs,
                List.of(),
                null,
                Harvest.NOTHING,
                null);
    }

    /** A request without archives and without outputs. */
    public RunRequest(
            List<String> command,
            Map<String, String> environment,
            byte[] stdin,
            List<InputFile> files,
            List<Path> readOnlyPaths,
            RunLimits limits) {
        this(command, environment, stdin, Inputs.of(files), readOnlyPaths, limits, OutputRequest.NOTHING);
    }

    /** The same, in a sandbox that shows these as well. */
    public RunRequest with(List<ShownTree> trees) {
        return new RunRequest(
                command, environment, stdin, inputs, readOnlyPaths, limits, outputs, trees, door, harvest, preload);
    }

    /** The same, in a sandbox with a way out, and of which something is kept. */
    public RunRequest with(Door wayOut, Harvest kept) {
        return new RunRequest(
                command, environment, stdin, inputs, readOnlyPaths, limits, outputs, shownTrees, wayOut, kept, preload);
    }

    /** The same, which may be forked. */
    public RunRequest with(Preload allowed) {
        return new RunRequest(
                command,
                environment,
                stdin,
                inputs,
                readOnlyPaths,
                limits,
                outputs,
                shownTrees,
                door,
                harvest,
                allowed);
    }
}
