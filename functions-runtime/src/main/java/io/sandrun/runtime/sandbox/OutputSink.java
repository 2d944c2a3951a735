package io.sandrun.runtime.sandbox;

/** Takes the bytes of one output stream as they come. Called by the run loop's thread; must not block. */
interface OutputSink {
    /** The array is the sink's to keep. */
    void accept(byte[] bytes);
}
