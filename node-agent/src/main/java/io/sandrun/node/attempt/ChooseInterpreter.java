package io.sandrun.node.attempt;

import io.sandrun.node.environment.NodeEnvironments;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.runtime.environment.PreparedEnvironment;
import io.sandrun.runtime.interpreter.Interpreter;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Finds what runs the program: one of this node's interpreters, or that of the environment. Thread-safe. */
public final class ChooseInterpreter implements AttemptStep {
    private final Map<String, Interpreter> interpreters;
    private final NodeEnvironments environments;

    /** @param interpreters those that this node offers, by name */
    public ChooseInterpreter(Map<String, Interpreter> interpreters, NodeEnvironments environments) {
        this.interpreters = Map.copyOf(interpreters);
        this.environments = environments;
    }

    @Override
    public String doing() {
        return "its interpreter was chosen";
    }

    @Override
    public void take(AttemptWork work) throws IOException {
        ClaimedJob job = work.job();
        String environment = job.environment();
        if (environment != null) {
            enter(environment, work);
            return;
        }
        Interpreter interpreter = interpreters.get(job.interpreter());
        if (interpreter == null) {
            throw new IllegalStateException("claimed a job for %s, which is not offered".formatted(job.interpreter()));
        }
        work.runWith(interpreter);
        work.startFrom(interpreter.preload(List.of()));
    }

    private void enter(String name, AttemptWork work) throws IOException {
        PreparedEnvironment environment = environments
                .find(name)
                .orElseThrow(() -> new IOException("the environment " + name + " is not offered any more."));
        work.runWith(environment.interpreter());
        work.startFrom(
                environment.interpreter().preload(environment.definition().preload()));
        environment.trees().forEach(work::showTree);
        work.useEnvironment(environment.nameAndDigest());
    }
}
