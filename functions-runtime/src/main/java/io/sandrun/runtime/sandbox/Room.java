package io.sandrun.runtime.sandbox;

/** What a sandbox is for, and so where it is built and whom it holds. */
enum Room {
    /** One command, below the slot's resident. */
    PLAIN,
    /** A zygote, and the resident of the sandboxes whose jobs are forked from it. */
    TEMPLATE,
    /** One command that is started before it is known what for, below the slot's resident. */
    AWAITED,
    /** One job that is forked, below a template. */
    NESTED
}
