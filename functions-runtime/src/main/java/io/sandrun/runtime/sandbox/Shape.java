package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.RunRequest;
import org.jspecify.annotations.Nullable;

/**
 * What of a run can be there before it is asked for. What was made ahead for one shape serves for every run of it, and
 * for no other. It holds nothing of a job but what is compared. Pure.
 *
 * @param sandbox what an empty one shows
 * @param zygote what the process can be forked from, or null
 * @param awaited the process that can wait for it, or null
 */
record Shape(
        Layout.Wanted sandbox,
        @Nullable ZygoteKind zygote,
        @Nullable AwaitedKind awaited) {
    /** @param looks what is known of a zygote's imports */
    static Shape of(RunRequest request, Looks looks) {
        return new Shape(Layout.Wanted.of(Room.PLAIN, request), ZygoteKind.of(request, looks), AwaitedKind.of(request));
    }

    /** Of a sandbox below the zygote's. */
    Layout.Wanted nested() {
        return sandbox.in(Room.NESTED);
    }
}
