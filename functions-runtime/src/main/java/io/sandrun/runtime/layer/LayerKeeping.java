package io.sandrun.runtime.layer;

import java.time.Duration;

/**
 * How long layers that nobody holds are kept.
 *
 * @param mostBytes of all layers
 * @param leftBytes what the disk shall have left: where it has less, layers go, and none is made
 * @param mostAge since a layer was made
 */
public record LayerKeeping(long mostBytes, long leftBytes, Duration mostAge) {}
