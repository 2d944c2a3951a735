package io.sandrun.cli;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A whole terminal, written over again and again; keys come one by one. Closed, also by Ctrl-C, it is as it was. For
 * one thread.
 */
final class Screen implements AutoCloseable {
    private static final File TERMINAL = new File("/dev/tty");
    private static final long STTY_SECONDS = 5;

    /** Of keys that nobody has looked at; whoever lays a book on the keyboard means none of the others. */
    private static final int KEYS_MAX = 16;

    /** The other page of the terminal, without a cursor; and back. */
    private static final String ENTER = "\033[?1049h\033[?25l";

    private static final String LEAVE = "\033[?25h\033[?1049l";
    private static final String HOME = "\033[H";
    private static final String REST_OF_LINE = "\033[K";
    private static final String REST_OF_PAGE = "\033[J";

    private final String settings;
    private final InputStream keyboard;
    private final BlockingQueue<Integer> keys = new ArrayBlockingQueue<>(KEYS_MAX);
    private final Thread hook = new Thread(this::restore, "sandrun-screen");
    private boolean isRestored;

    /** Rows and columns. */
    record Size(int rows, int columns) {}

    private Screen(String settings, InputStream keyboard) {
        this.settings = settings;
        this.keyboard = keyboard;
    }

    /** @throws IOException if this process has no terminal, or the machine no {@code stty} */
    static Screen open() throws IOException {
        String settings = stty("-g");
        Screen screen = new Screen(settings, new FileInputStream(TERMINAL));
        Runtime.getRuntime().addShutdownHook(screen.hook);
        stty("-icanon", "-echo");
        Thread reader = new Thread(screen::listen, "sandrun-keys");
        reader.setDaemon(true);
        reader.start();
        Console.draw(ENTER);
        return screen;
    }

    private static String stty(String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(List.of(args));
        Process stty = new ProcessBuilder(command)
                .redirectInput(TERMINAL)
                .redirectErrorStream(true)
                .start();
        try {
            String said = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!stty.waitFor(STTY_SECONDS, TimeUnit.SECONDS) || stty.exitValue() != 0) {
                throw new IOException("The terminal cannot be set: " + said);
            }
            return said;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted");
        }
    }

    private void listen() {
        try {
            for (int key = keyboard.read(); key >= 0; key = keyboard.read()) {
                var unused = keys.offer(key);
            }
        } catch (IOException gone) {
            // No more keys come; Ctrl-C does.
        }
    }

    /** The next key, or empty if none comes so soon. */
    Optional<Character> key(long waitMs) throws InterruptedException {
        return Optional.ofNullable(keys.poll(waitMs, TimeUnit.MILLISECONDS)).map(key -> (char) key.intValue());
    }

    Size size() throws IOException {
        String[] said = stty("size").split(" ", -1);
        int rows = said.length == 2 ? Integer.parseInt(said[0]) : 0;
        int columns = said.length == 2 ? Integer.parseInt(said[1]) : 0;
        // Terminals that know neither say 0.
        return rows <= 1 || columns <= 1 ? new Size(24, 80) : new Size(rows, columns);
    }

    /** Shows as much of the lines as fits. They have no control characters. */
    void draw(List<String> lines) throws IOException {
        Size size = size();
        StringBuilder page = new StringBuilder(HOME);
        for (int row = 0; row < Math.min(lines.size(), size.rows() - 1); row++) {
            String line = lines.get(row);
            int end = line.offsetByCodePoints(0, Math.min(line.codePointCount(0, line.length()), size.columns() - 1));
            page.append(line, 0, end).append(REST_OF_LINE).append("\r\n");
        }
        Console.draw(page.append(REST_OF_PAGE).toString());
    }

    private synchronized void restore() {
        if (isRestored) {
            return;
        }
        isRestored = true;
        Console.draw(LEAVE);
        try {
            stty(settings);
        } catch (IOException gone) {
            // There is no terminal any more that could be set.
        }
    }

    @Override
    public void close() {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException stopping) {
            // It runs already, and finds nothing to do.
        }
    }
}
