/** The states of a job, in the order in which it may have them. */
export const STATES = ["pending", "assigned", "running", "completed", "failed", "cancelled"];

/** Whether nothing will become of it any more. */
export const isFinal = (state) => STATES.indexOf(state) > STATES.indexOf("running");
