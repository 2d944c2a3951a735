package io.sandrun.broker.pool;

/** A workers file cannot be taken as it is; the message names the file, the entry and the field. */
final class WorkerListException extends Exception {
    WorkerListException(String sentence) {
        super(sentence);
    }
}
