package io.sandrun.runtime.sandbox;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Guesses what a slot will run next: what came last time after a run like the last one. So it learns both a stream of
 * equal jobs and jobs of several shapes that take turns. Where guesses are wrong it makes none, because what is made
 * ahead in vain costs as much as what is made late. Pure but for its memory; one thread at a time.
 */
final class Expectation {
    private static final int REMEMBERED = 16;

    /** Wrong guesses in a row, from where on none is told until one would have been right. */
    private static final int PATIENCE = 3;

    private final Map<Shape, Shape> followers = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Shape, Shape> eldest) {
            return size() > REMEMBERED;
        }
    };
    private @Nullable Shape last;
    private int wrong;

    /** That was asked for. */
    void note(Shape shape) {
        if (last != null) {
            wrong = shape.equals(guess(last)) ? 0 : wrong + 1;
            followers.put(last, shape);
        }
        last = shape;
    }

    /** What is worth making ahead, or null for nothing. */
    @Nullable
    Shape next() {
        return last == null || wrong >= PATIENCE ? null : guess(last);
    }

    private Shape guess(Shape after) {
        return followers.getOrDefault(after, after);
    }
}
