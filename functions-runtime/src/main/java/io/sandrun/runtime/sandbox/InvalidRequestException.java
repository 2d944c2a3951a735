package io.sandrun.runtime.sandbox;

import java.io.IOException;

/** The request cannot be run by any sandbox; the message is a sentence for who made it. */
final class InvalidRequestException extends IOException {
    InvalidRequestException(String message) {
        super(message);
    }
}
