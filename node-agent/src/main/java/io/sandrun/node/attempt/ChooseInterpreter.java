package io.sandrun.node.attempt;

import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.runtime.interpreter.Interpreter;
import java.util.Map;

/** Finds what runs the program. Thread-safe. */
public final class ChooseInterpreter implements AttemptStep {
    private final Map<String, Interpreter> interpreters;

    /** @param interpreters those that this node offers, by name */
    public ChooseInterpreter(Map<String, Interpreter> interpreters) {
        this.interpreters = Map.copyOf(interpreters);
    }

    @Override
    public String doing() {
        return "its interpreter was chosen";
    }

    @Override
    public void take(AttemptWork work) {
        ClaimedJob job = work.job();
        Interpreter interpreter = interpreters.get(job.interpreter());
        if (interpreter == null) {
            throw new IllegalStateException("claimed a job for %s, which is not offered".formatted(job.interpreter()));
        }
        work.runWith(interpreter);
    }
}
