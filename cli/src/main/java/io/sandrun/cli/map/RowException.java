package io.sandrun.cli.map;

/** A file of rows, or the state of an earlier run, that cannot be meant; the sentence tells what to do. */
public final class RowException extends RuntimeException {
    private static final long serialVersionUID = 1;

    RowException(String sentence) {
        super(sentence, null, false, false);
    }
}
