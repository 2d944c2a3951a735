package io.sandrun.broker.project;

import io.sandrun.broker.artifact.Incoming;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Passes bytes on until a given text comes, in whatever pieces they are: the search of Knuth, Morris and Pratt, which
 * looks at each byte once. For one thread.
 */
final class Delimiter {
    private static final int PIECE_BYTES = 64 * 1024;

    private final byte[] text;

    /** How much of the text may still be right when the byte after so many of it is wrong. */
    private final int[] shorter;

    private final ByteArrayOutputStream piece = new ByteArrayOutputStream();
    private int matched;

    Delimiter(String text) {
        this.text = text.getBytes(StandardCharsets.UTF_8);
        this.shorter = new int[this.text.length + 1];
        int length = 0;
        for (int index = 1; index < this.text.length; index++) {
            while (length > 0 && this.text[index] != this.text[length]) {
                length = shorter[length];
            }
            if (this.text[index] == this.text[length]) {
                length++;
            }
            shorter[index + 1] = length;
        }
    }

    /**
     * Passes on what is not the text.
     *
     * @return the end, or the place behind the text if it was found
     */
    int pass(byte[] bytes, int from, int end, Incoming into) {
        int at = from;
        while (at < end && !isFound()) {
            step(bytes[at++], into);
        }
        flush(into);
        return at;
    }

    private void step(byte next, Incoming into) {
        while (matched > 0 && next != text[matched]) {
            int left = shorter[matched];
            piece.write(text, 0, matched - left);
            matched = left;
        }
        if (next == text[matched]) {
            matched++;
        } else {
            piece.write(next);
        }
        if (piece.size() >= PIECE_BYTES) {
            flush(into);
        }
    }

    /** Ends the last part: a line end after it is none of its own, anything else that only looked like the text is. */
    void passRest(Incoming into) {
        if (matched > 1) {
            piece.write(text, 0, matched);
        }
        matched = 0;
        flush(into);
    }

    private void flush(Incoming into) {
        into.write(piece.toByteArray(), 0, piece.size());
        piece.reset();
    }

    boolean isFound() {
        return matched == text.length;
    }

    void restart() {
        matched = 0;
    }
}
