package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.OutputListener;
import io.sandrun.runtime.RunRequest;

/**
 * One run, wherever it starts.
 *
 * @param startNanos when it was asked for, by {@link System#nanoTime}
 */
record Run(RunRequest request, Cancellation cancellation, OutputListener listener, long startNanos) {}
