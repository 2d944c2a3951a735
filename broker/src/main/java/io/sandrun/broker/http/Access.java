package io.sandrun.broker.http;

import io.javalin.security.RouteRole;
import io.sandrun.protocol.Role;
import org.jspecify.annotations.Nullable;

/** Who may use a route. */
enum Access implements RouteRole {
    /** Everybody. */
    OPEN(null),
    READ(Role.READ),
    SUBMIT(Role.SUBMIT),
    ADMIN(Role.ADMIN),
    NODE(Role.NODE),
    /** Like {@link #READ}, of a job that the caller may know of; to others there is none. */
    JOB_READ(Role.READ),
    /** Like {@link #SUBMIT}, of such a job. */
    JOB_CANCEL(Role.SUBMIT);

    private final @Nullable Role needed;

    Access(@Nullable Role needed) {
        this.needed = needed;
    }

    /** Whether the path names a job. */
    boolean isOfJob() {
        return this == JOB_READ || this == JOB_CANCEL;
    }

    /** The role that it takes; null for none. */
    @Nullable
    Role needed() {
        return needed;
    }
}
