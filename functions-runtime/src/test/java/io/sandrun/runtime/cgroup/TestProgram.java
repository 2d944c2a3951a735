package io.sandrun.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A child process that does nothing until it is told to, so that it can be put into a group first. Closing it kills
 * what it has started and ends the input of what it has lost.
 */
final class TestProgram implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    private TestProgram(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** The script begins when {@link #go()} is called; later lines of its input are its own. */
    static TestProgram shell(String script) throws IOException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "read go; " + script));
        return new TestProgram(
                new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    long pid() {
        return process.pid();
    }

    void go() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    /** The next line; the suite's time limit bounds the wait. */
    String line() throws IOException {
        return String.valueOf(output.readLine());
    }

    /** The next line that has the word in it. */
    String lineWith(String word) throws IOException {
        String line = line();
        while (!line.contains(word) && !line.equals("null")) {
            line = line();
        }
        return line;
    }

    int exitCode() throws InterruptedException {
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
        try {
            process.getOutputStream().close();
            output.close();
            process.waitFor(20, TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
