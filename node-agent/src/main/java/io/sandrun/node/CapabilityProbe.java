package io.sandrun.node;

import io.sandrun.node.attempt.CpuShare;
import io.sandrun.node.attempt.ProgramRequest;
import io.sandrun.node.policy.OwnerPolicy;
import io.sandrun.node.policy.Ruling;
import io.sandrun.protocol.Capabilities;
import io.sandrun.protocol.JobLimits;
import io.sandrun.protocol.Limits;
import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.InputFile;
import io.sandrun.runtime.Isolation;
import io.sandrun.runtime.Outcome;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.RunRequest;
import io.sandrun.runtime.RunResult;
import io.sandrun.runtime.Sandboxes;
import io.sandrun.runtime.Slot;
import io.sandrun.runtime.environment.EnvironmentProbe;
import io.sandrun.runtime.host.Host;
import io.sandrun.runtime.interpreter.Interpreter;
import io.sandrun.runtime.interpreter.InterpreterProbe;
import io.sandrun.runtime.output.ArtifactSink;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out what this machine can really do: an interpreter counts once it has run a program in a sandbox here. */
final class CapabilityProbe {
    private static final Logger log = LoggerFactory.getLogger(CapabilityProbe.class);

    /** Enough for the slowest of them, a JVM that compiles a class on a busy machine. */
    private static final RunLimits TRIAL_LIMITS = new RunLimits(
            Duration.ofSeconds(20),
            Duration.ofSeconds(20),
            2,
            512L << 20,
            Limits.PROCESSES_DEFAULT,
            Limits.OPEN_FILES,
            16L << 20,
            1024,
            4096,
            1 << 20);

    /** Who asks for an environment and nothing else gets these; only the time is a check's own. */
    private static final JobLimits ORDINARY_JOB =
            new JobLimits(60, null, Limits.MEMORY_MB_DEFAULT, Limits.PROCESSES_DEFAULT, Limits.DISK_MB_DEFAULT, 0);

    /** The shortest program that does nothing; only Java has no empty one. */
    private static final Map<String, String> NOTHING =
            Map.of("java", "public class Main { public static void main(String[] args) {} }");

    private CapabilityProbe() {}

    /**
     * By name, what was found, is wanted by the owner, and ran in a sandbox. Uses the first slot; takes a second or so.
     */
    static Map<String, Interpreter> interpreters(NodeConfig config, Sandboxes sandboxes) {
        Slot slot = sandboxes.slot(0);
        Map<String, Interpreter> offered = new TreeMap<>();
        for (Interpreter interpreter : new InterpreterProbe(found -> runs(slot, found)).find(config.interpreters())) {
            offered.put(interpreter.name(), interpreter);
        }
        return offered;
    }

    /** Whether the interpreter starts in a sandbox. The reason why not goes to the log. */
    private static boolean runs(Slot slot, Interpreter interpreter) {
        byte[] program = NOTHING.getOrDefault(interpreter.name(), "").getBytes(StandardCharsets.UTF_8);
        RunResult result = slot.run(
                new RunRequest(
                        interpreter.command(List.of()),
                        interpreter.environment(),
                        new byte[0],
                        List.of(new InputFile(interpreter.sourceFileName(), program, false)),
                        interpreter.readOnlyPaths(),
                        TRIAL_LIMITS),
                new Cancellation());
        if (result.outcome() != Outcome.OK) {
            log.warn(
                    "{} {} at {} is not offered: in a sandbox it ended with {} {} {}",
                    interpreter.name(),
                    interpreter.version(),
                    interpreter.executable(),
                    result.outcome(),
                    result.reason(),
                    new String(result.stderr().bytes(), StandardCharsets.UTF_8).strip());
        }
        return result.outcome() == Outcome.OK;
    }

    /** Tries environments within what a job gets that asks for nothing. */
    static EnvironmentProbe ofEnvironments(CpuShare cpuShare) {
        return new EnvironmentProbe(
                new ProgramRequest(cpuShare, lease -> ArtifactSink.NOWHERE).limits(ORDINARY_JOB),
                cpuShare.threadVariables(ORDINARY_JOB));
    }

    static Capabilities capabilities(
            NodeConfig config,
            Host host,
            Sandboxes sandboxes,
            Map<String, Interpreter> interpreters,
            List<Capabilities.Environment> environments,
            List<String> features,
            Ruling ruling) {
        OwnerPolicy policy = ruling.policy();
        Map<String, String> versions = new TreeMap<>();
        interpreters.forEach((name, interpreter) -> {
            if (policy.offersInterpreter(name)) {
                versions.put(name, interpreter.version());
            }
        });
        long memoryMb = (host.memoryBytes() - config.warmBytesOf(host.memoryBytes())) >> 20;
        Long mostMb = policy.memoryMb();
        return new Capabilities(
                List.copyOf(versions.keySet()),
                versions,
                environments.stream()
                        .filter(environment -> policy.offersEnvironment(environment.name()))
                        .toList(),
                host.cores(),
                mostMb == null ? memoryMb : Math.min(memoryMb, mostMb),
                host.gpus().stream()
                        .map(gpu -> new Capabilities.Gpu(gpu.name(), gpu.memoryBytes() >> 20))
                        .toList(),
                config.slots(),
                config.labels(),
                sandboxes.isolation().layers().stream()
                        .filter(Isolation.Layer::active)
                        .map(Isolation.Layer::name)
                        .toList(),
                Stream.concat(Stream.of(Capabilities.FILES), features.stream()).toList(),
                host.kernel() + " " + host.architecture(),
                ruling.terms());
    }
}
