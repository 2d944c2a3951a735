package io.sandrun.runtime.proxy;

/** A request that the proxy does not fulfil: an HTTP status and a sentence for whoever reads the installer's output. */
final class RefusedException extends Exception {
    static final int BAD_REQUEST = 400;
    static final int FORBIDDEN = 403;
    static final int UNREACHABLE = 502;

    private final int status;

    RefusedException(int status, String sentence) {
        super(sentence);
        this.status = status;
    }

    String sentence() {
        return String.valueOf(getMessage());
    }

    int status() {
        return status;
    }
}
