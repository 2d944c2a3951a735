package io.sandrun.runtime.host;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks a program of this machine a question and gives up in time. Trusted programs only: there is no sandbox here. */
public final class HostProgram {
    /** Answers are a few lines; whatever prints more is not answering. */
    private static final int LONGEST_ANSWER_BYTES = 64 << 10;

    /** A killed program's pipes close at once, unless somebody else holds them. */
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private HostProgram() {}

    /**
     * Runs a command without a shell, with empty input, and gives what it printed on both streams.
     *
     * @throws IOException if it cannot be started, fails, prints too much or does not end within the limit; it and its
     *     children are killed then
     */
    public static String ask(List<String> command, Duration limit) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .directory(Path.of("/").toFile());
        // They make shells run files before they answer.
        builder.environment().keySet().removeAll(List.of("BASH_ENV", "ENV"));
        Process process = builder.start();
        try (InputStream output = process.getInputStream()) {
            CompletableFuture<byte[]> answer = readInBackground(output);
            byte[] bytes = answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (bytes.length > LONGEST_ANSWER_BYTES) {
                throw new IOException(command.get(0) + " prints without end");
            }
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(command.get(0) + " closed its output and goes on");
            }
            if (process.exitValue() != 0) {
                throw new IOException(command.get(0) + " exits with " + process.exitValue());
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (TimeoutException e) {
            throw new IOException(command.get(0) + " does not answer within " + limit.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw new IOException(command.get(0) + " cannot be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking " + command.get(0), e);
        } finally {
            kill(process);
        }
    }

    /** A read cannot be given a time limit; its thread ends with the program's pipe. */
    private static CompletableFuture<byte[]> readInBackground(InputStream output) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        Thread reader = new Thread(
                () -> {
                    try {
                        answer.complete(output.readNBytes(LONGEST_ANSWER_BYTES + 1));
                    } catch (IOException e) {
                        answer.completeExceptionally(e);
                    }
                },
                "answer-reader");
        reader.setDaemon(true);
        reader.start();
        return answer;
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
