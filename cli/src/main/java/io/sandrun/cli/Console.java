package io.sandrun.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The two streams of the terminal. Standard output has what was asked for and nothing else; everything said beside it
 * goes to standard error. Whatever came from a job is raw in a pipe and {@link TerminalText} on a terminal; names, and
 * all else that others chose, are escaped everywhere.
 */
final class Console {
    /** The launcher knows which streams are terminals; Java before 22 can only tell about all of them together. */
    private static final boolean OUT_IS_TERMINAL = Boolean.getBoolean("sandrun.terminal.out");

    private static final boolean ERR_IS_TERMINAL = Boolean.getBoolean("sandrun.terminal.err");

    static final String GREEN = "\033[32m";
    static final String PLAIN = "\033[0m";

    private static final PrintStream OUT = stream(FileDescriptor.out);
    private static final PrintStream ERR = stream(FileDescriptor.err);

    private static final TerminalText OUT_TEXT = new TerminalText();
    private static final TerminalText ERR_TEXT = new TerminalText();

    private Console() {}

    /** Whether somebody watches standard error who is helped by lines that are written over. */
    static boolean isWatched() {
        return ERR_IS_TERMINAL && !"dumb".equals(System.getenv("TERM"));
    }

    /** Whether standard output is a terminal that can be written over. */
    static boolean isScreen() {
        return OUT_IS_TERMINAL && !"dumb".equals(System.getenv("TERM"));
    }

    /** Control sequences and text of ours for such a terminal. */
    static void draw(String page) {
        OUT.print(page);
        OUT.flush();
    }

    /** By the convention of no-color.org. */
    static boolean isColoured() {
        String refused = System.getenv("NO_COLOR");
        return isWatched() && (refused == null || refused.isEmpty());
    }

    /** A line of our own on standard output. */
    static void say(String line) {
        OUT.println(line);
    }

    /**
     * A line on standard output that must get there.
     *
     * @throws IOException if it does not: nobody reads any more, or the disk is full
     */
    static void deliver(String line) throws IOException {
        OUT.println(line);
        if (OUT.checkError()) {
            throw new IOException("it is full or closed");
        }
    }

    /** A line of our own on standard error. */
    static void tell(String line) {
        if (ServerLog.isForMachines()) {
            ServerLog.tell(line);
        } else {
            ERR.println("sandrun: " + line);
        }
    }

    /** How far something is: one line of ours that the next one replaces, where somebody watches; empty to end it. */
    static void progress(String line) {
        if (isWatched()) {
            ERR.print("\r\033[K" + line);
            ERR.flush();
        }
    }

    /** An error, as one line whatever it holds. */
    static void complain(String sentence) {
        String line = escaped(sentence.strip()).replace("\n", " ");
        if (ServerLog.isForMachines()) {
            ServerLog.complain(line);
        } else {
            ERR.println("sandrun: " + line);
        }
    }

    /** A piece of a job's standard output. */
    static void output(byte[] bytes) throws IOException {
        foreign(OUT, OUT_IS_TERMINAL ? OUT_TEXT : null, bytes);
    }

    /** A piece of a job's standard error. */
    static void error(byte[] bytes) throws IOException {
        foreign(ERR, ERR_IS_TERMINAL ? ERR_TEXT : null, bytes);
    }

    /** Nothing more comes of the job. */
    static void endOutput() {
        OUT.print(OUT_TEXT.end());
        ERR.print(ERR_TEXT.end());
    }

    /** Text of a stranger, fit for the line of a terminal. */
    static String escaped(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (point == '\n' || point == '\t' || !isControl(point)) {
                safe.appendCodePoint(point);
            } else {
                safe.append("\\x%02x".formatted(point));
            }
        });
        return safe.toString();
    }

    /** Control characters, and the format characters that turn the direction of a line around. */
    private static boolean isControl(int point) {
        return Character.isISOControl(point)
                || (point >= 0x202a && point <= 0x202e)
                || (point >= 0x2066 && point <= 0x2069);
    }

    private static void foreign(PrintStream stream, @Nullable TerminalText terminal, byte[] bytes) throws IOException {
        OutputStream raw = stream;
        raw.write(terminal == null ? bytes : terminal.show(bytes).getBytes(StandardCharsets.UTF_8));
        if (stream.checkError()) {
            throw new IOException("Nobody reads the output any more.");
        }
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }
}
