package io.sandrun.runtime.sandbox;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Of one kind: the zygote that is copied, and the one that will be.
 *
 * @param next null as long as the present one does
 */
record Line(Mother present, @Nullable Mother next) {
    List<Mother> all() {
        return next == null ? List.of(present) : List.of(present, next);
    }

    /** What is left when that one has gone; nothing when it was the only one. */
    Optional<Line> without(Mother gone) {
        if (gone != present) {
            return Optional.of(new Line(present, null));
        }
        return Optional.ofNullable(next).map(successor -> new Line(successor, null));
    }
}
