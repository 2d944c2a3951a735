package io.sandrun.broker.trust;

/** Seals the answer to one request of a session with a secret, so that its node knows from whom it comes. */
@FunctionalInterface
public interface AnswerSeal {
    /** Base64, for the header of that name. */
    String of(int status, byte[] body);
}
