package io.sandrun.cli;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * What a program prints, made fit for a terminal as it arrives: colours, tabs, line ends and the carriage returns of
 * progress bars pass, everything else that would move the cursor, read the clipboard or re-program the keyboard is
 * shown and not obeyed. Characters and sequences may arrive in pieces. One thread.
 */
final class TerminalText {
    private static final char ESCAPE = '\u001b';

    /** A sequence that sets colours is shorter; a longer one is none. */
    private static final int MAX_SEQUENCE = 32;

    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);

    private byte[] undecoded = new byte[0];
    private final StringBuilder sequence = new StringBuilder();

    /** The part of it that is complete. */
    String show(byte[] bytes) {
        ByteBuffer in = ByteBuffer.allocate(undecoded.length + bytes.length);
        in.put(undecoded).put(bytes).flip();
        CharBuffer decoded = CharBuffer.allocate(in.remaining());
        decoder.reset();
        decoder.decode(in, decoded, false);
        undecoded = new byte[in.remaining()];
        in.get(undecoded);
        StringBuilder shown = new StringBuilder();
        decoded.flip().codePoints().forEach(point -> take(point, shown));
        return shown.toString();
    }

    /** The rest, when nothing more will come. */
    String end() {
        String rest = new String(undecoded, StandardCharsets.UTF_8);
        undecoded = new byte[0];
        return flushed() + Console.escaped(rest);
    }

    private void take(int point, StringBuilder shown) {
        if (!sequence.isEmpty()) {
            continueSequence(point, shown);
        } else if (point == ESCAPE) {
            sequence.append(ESCAPE);
        } else if (point == '\r') {
            shown.append('\r');
        } else {
            shown.append(Console.escaped(Character.toString(point)));
        }
    }

    /** Only {@code ESC [ digits and semicolons m}, which sets colours, is let through. */
    private void continueSequence(int point, StringBuilder shown) {
        boolean fits = sequence.length() == 1 ? point == '[' : point == ';' || (point >= '0' && point <= '9');
        if (fits && sequence.length() < MAX_SEQUENCE) {
            sequence.appendCodePoint(point);
        } else if (point == 'm' && sequence.length() > 1) {
            shown.append(sequence).append('m');
            sequence.setLength(0);
        } else {
            shown.append(flushed());
            take(point, shown);
        }
    }

    private String flushed() {
        String shown = Console.escaped(sequence.toString());
        sequence.setLength(0);
        return shown;
    }
}
