package io.sandrun.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The two streams of the terminal. Standard output has what was asked for and nothing else; everything said beside it
 * goes to standard error. Whatever came from a job or a node is raw in a pipe and escaped on a terminal, so that it can
 * neither move the cursor nor re-program the keyboard.
 */
final class Console {
    /** The launcher knows which streams are terminals; Java before 22 can only tell about all of them together. */
    private static final boolean OUT_IS_TERMINAL = Boolean.getBoolean("sandrun.terminal.out");

    private static final boolean ERR_IS_TERMINAL = Boolean.getBoolean("sandrun.terminal.err");

    private static final PrintStream OUT = stream(FileDescriptor.out);
    private static final PrintStream ERR = stream(FileDescriptor.err);

    private Console() {}

    /** A line of our own on standard output. */
    static void say(String line) {
        OUT.println(line);
    }

    /** A line of our own on standard error. */
    static void tell(String line) {
        ERR.println("sandrun: " + line);
    }

    /** How far something is: one line that the next one replaces, on a terminal only. */
    static void progress(String line, boolean last) {
        if (ERR_IS_TERMINAL) {
            ERR.print("\r\033[K" + (last ? "" : escaped(line)));
            ERR.flush();
        }
    }

    /** An error, as one line whatever it holds. */
    static void complain(String sentence) {
        ERR.println("sandrun: " + escaped(sentence.strip()).replace("\n", " "));
    }

    /** A job's standard output. */
    static void output(byte[] bytes) throws IOException {
        foreign(OUT, OUT_IS_TERMINAL, bytes);
    }

    /** A job's standard error. */
    static void error(byte[] bytes) throws IOException {
        foreign(ERR, ERR_IS_TERMINAL, bytes);
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

    private static void foreign(PrintStream stream, boolean terminal, byte[] bytes) throws IOException {
        OutputStream raw = stream;
        raw.write(
                terminal ? escaped(new String(bytes, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8) : bytes);
        raw.flush();
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }
}
