package io.sandrun.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Starts a command from a small C program that times it, see {@code starter.c}: other launchers shall not pay for how a
 * JVM starts processes, while ours pays for all that its JVM does.
 */
final class Starter implements Launcher {
    private static final String SOURCE = "starter.c";

    private final Process process;
    private final OutputStream orders;
    private final InputStream answers;

    private Starter(Process process) {
        this.process = process;
        this.orders = process.getOutputStream();
        this.answers = process.getInputStream();
    }

    /**
     * Builds the program. Needs cc.
     *
     * @return its path
     */
    static Path build(Path scratch) throws IOException, InterruptedException {
        Path source = scratch.resolve(SOURCE);
        Path program = scratch.resolve("starter");
        try (InputStream text = Starter.class.getResourceAsStream(SOURCE)) {
            Files.copy(Objects.requireNonNull(text), source);
        }
        BriefRun compiler = BriefRun.of(new ProcessBuilder("cc", "-O2", "-o", program.toString(), source.toString()));
        if (!compiler.isGood()) {
            throw new IOException("cc does not build " + SOURCE + ": " + compiler.said());
        }
        return program;
    }

    /** @param file the command finds it open as descriptor 9 */
    static Starter of(Path program, Path file, List<String> command) throws IOException {
        List<String> whole = new ArrayList<>(List.of(program.toString(), file.toString()));
        whole.addAll(command);
        return new Starter(new ProcessBuilder(whole)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    @Override
    public long start() throws IOException {
        return ask(0);
    }

    @Override
    public long startsWithin(long millis) throws IOException {
        return ask(millis);
    }

    private long ask(long order) throws IOException {
        ByteBuffer word = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
        orders.write(word.putLong(0, order).array());
        orders.flush();
        if (answers.readNBytes(word.array(), 0, Long.BYTES) < Long.BYTES) {
            throw new IOException("a start failed");
        }
        return word.getLong(0);
    }

    @Override
    public void close() throws IOException {
        orders.close();
        try {
            BriefRun.hasEnded(process, BriefRun.PATIENCE);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
