package io.sandrun.node.policy;

import java.io.IOException;

/** A policy cannot be read; the message is a sentence that names the file and the field. */
public final class PolicyException extends IOException {
    private static final long serialVersionUID = 1;

    PolicyException(String sentence) {
        super(sentence);
    }
}
