package io.sandrun.runtime.attack;

import io.sandrun.runtime.linux.ProgramImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The canary process of the host: the attack program in its other role (attack/witness.c), started from memory. It has
 * a listener on the loopback, an abstract and a named socket and a segment of shared memory, and tells who touched
 * them. One thread.
 */
public final class Witness implements AutoCloseable {
    private static final int FAREWELL_SECONDS = 5;

    private final Process process;
    private final BufferedReader words;
    private final int port;

    private Witness(Process process, BufferedReader words, int port) {
        this.process = process;
        this.words = words;
        this.port = port;
    }

    /**
     * @param word what it is called, in its command line and as abstract socket
     * @param directory where it works, and where its named socket is: WORD.socket
     * @param key of its segment
     */
    public static Witness start(byte[] program, String word, Path directory, int key) throws IOException {
        try (ProgramImage image = ProgramImage.of("attack", program)) {
            ProcessBuilder builder = new ProcessBuilder(
                            image.path().toString(), "witness", word, "0", directory.toString(), Integer.toString(key))
                    .directory(directory.toFile())
                    .redirectErrorStream(true);
            builder.environment().clear();
            Process process = builder.start();
            BufferedReader words =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String first = words.readLine();
            if (first == null || !first.startsWith("ready ")) {
                process.destroyForcibly();
                throw new IOException("The canary process did not start: " + first);
            }
            return new Witness(process, words, Integer.parseInt(first.substring("ready ".length())));
        }
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    /** What has touched it since it was asked last. That it is gone is a touch, too. */
    public List<String> touches() {
        List<String> touches = new ArrayList<>();
        try {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
            for (String word = words.readLine(); !"checked".equals(word); word = words.readLine()) {
                if (word == null) {
                    throw new IOException("end of its words");
                }
                touches.add(word);
            }
        } catch (IOException gone) {
            touches.add("the canary process is gone");
        }
        return touches;
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(FAREWELL_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException gone) {
            process.destroyForcibly();
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
