package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A job as the command line describes it. */
final class JobOptions {
    static final String STANDARD_INPUT = "-";

    @Parameters(
            index = "0",
            paramLabel = "PROGRAM",
            description = "A program, a folder or archive with one, or - for a program on standard input.")
    String program = STANDARD_INPUT;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "ARG",
            description = "Arguments of the program; a first -- is not one of them.")
    List<String> args = List.of();

    @Option(
            names = "--manifest",
            paramLabel = "FILE",
            description = "What the job is, as JSON (default: the project's own job.json). Options come before it.")
    @Nullable
    Path manifest;

    @Option(names = "--entrypoint", paramLabel = "PATH", description = "The file of the project to run.")
    @Nullable
    String entrypoint;

    @Option(
            names = "--outputs",
            paramLabel = "PATTERN",
            description = "Files to keep, as report.txt, plots/ or '*.png'; may be repeated "
                    + "(default: those that the job makes or changes, but none of a program on standard input).")
    List<String> outputs = List.of();

    /** Whether somebody may want the files that the job leaves; set by the command. */
    boolean keepsFiles;

    @Option(
            names = "--requirements",
            paramLabel = "PATH",
            description = "What to install first: a requirements.txt, or a package.json.")
    @Nullable
    String requirements;

    @Option(
            names = {"-i", "--interpreter"},
            paramLabel = "NAME",
            description = "python3, node, bash, sh, ruby, perl, Rscript or java (default: by the file's ending).")
    @Nullable
    String interpreter;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "Wall time.")
    @Nullable
    Double timeout;

    @Option(names = "--cpu-seconds", paramLabel = "SECONDS", description = "CPU time of all its processes.")
    @Nullable
    Double cpuSeconds;

    @Option(names = "--memory-mb", paramLabel = "MIB", description = "Memory.")
    @Nullable
    Integer memoryMb;

    @Option(names = "--disk-mb", paramLabel = "MIB", description = "Space for files.")
    @Nullable
    Integer diskMb;

    @Option(names = "--processes", paramLabel = "N", description = "Processes and threads.")
    @Nullable
    Integer processes;

    @Option(names = "--cores", paramLabel = "N", description = "Cores that the job may use and the node must have.")
    @Nullable
    Integer cores;

    @Option(names = "--gpu", paramLabel = "N", description = "GPUs that the node must have.")
    @Nullable
    Integer gpu;

    @Option(names = "--label", paramLabel = "KEY=VALUE", description = "A label that the node must carry.")
    Map<String, String> labels = Map.of();

    @Option(
            names = "--requires",
            paramLabel = "CONDITION",
            description = "A condition on the node's labels, as 'region in (eu, us) and disks >= 2'.")
    @Nullable
    String requires;

    @Option(
            names = "--interpreter-version",
            paramLabel = "RANGE",
            description = "Versions of the interpreter that will do, as '>=3.9,<4'.")
    @Nullable
    String interpreterVersion;

    @Option(names = "--environment", paramLabel = "NAME", description = "An environment that the node must have.")
    @Nullable
    String environment;

    @Option(names = "--isolation", paramLabel = "LAYER", description = "A sandbox layer that must be active there.")
    List<String> isolation = List.of();

    @Option(names = "--on-node", paramLabel = "ID", description = "The only node that may run it.")
    @Nullable
    String node;

    @Option(names = "--priority", paramLabel = "N", description = "-100 to 100; higher comes first.")
    @Nullable
    Integer priority;

    @Option(names = "--retries", paramLabel = "N", description = "Further attempts when the program fails.")
    @Nullable
    Integer retries;

    @Option(
            names = "--retry-backoff",
            paramLabel = "SECONDS",
            description = "The wait before the first of them; it doubles each time.")
    @Nullable
    Double retryBackoffSeconds;

    @Option(names = "--not-before", paramLabel = "TIME", description = "Run it then or later, in UTC.")
    @Nullable
    String notBefore;

    @Option(names = "--cache", description = "An earlier result of the same job will do.")
    boolean cache;

    @Option(
            names = "--verify",
            paramLabel = "REPLICAS/QUORUM",
            arity = "0..1",
            converter = VerifyOption.class,
            preprocessor = VerifyOption.class,
            description = "Have several nodes run it and believe what they agree on (3/2 of them, where not said).")
    @Nullable
    JsonNode verify;

    @Option(
            names = {"-e", "--env"},
            paramLabel = "NAME=VALUE",
            description = "A variable of the job's environment.")
    Map<String, String> env = Map.of();

    @Option(names = "--stdin", paramLabel = "FILE", description = "What the job reads, or - for standard input.")
    @Nullable
    String stdin;

    /** The program's arguments; none were given if there are none. */
    List<String> args() {
        return !args.isEmpty() && args.get(0).equals("--") ? args.subList(1, args.size()) : args;
    }

    /** Puts what was given over what a manifest says; the rest is left to it, and to the broker's defaults. */
    void putInto(ObjectNode job) {
        if (!args.isEmpty()) {
            job.set("args", Json.MAPPER.valueToTree(args()));
        }
        putEach(job, "env", env);
        putEach(job, "labels", labels);
        putGiven(job, "outputs", outputs.isEmpty() ? null : outputs);
        putGiven(job, "isolation", isolation.isEmpty() ? null : isolation);
        putGiven(job, "entrypoint", entrypoint);
        putGiven(job, "requirements", requirements);
        putGiven(job, "interpreter", interpreter);
        putGiven(job, "interpreter_version", interpreterVersion);
        putGiven(job, "timeout", timeout);
        putGiven(job, "cpu_seconds", cpuSeconds);
        putGiven(job, "memory_mb", memoryMb);
        putGiven(job, "disk_mb", diskMb);
        putGiven(job, "processes", processes);
        putGiven(job, "cores", cores);
        putGiven(job, "gpu", gpu);
        putGiven(job, "node", node);
        putGiven(job, "requires", requires);
        putGiven(job, "environment", environment);
        putGiven(job, "priority", priority);
        putGiven(job, "retries", retries);
        putGiven(job, "retry_backoff_seconds", retryBackoffSeconds);
        putGiven(job, "not_before", notBefore);
        putGiven(job, "cache", cache ? true : null);
        putGiven(job, "verify", verify);
    }

    private static void putGiven(ObjectNode job, String field, @Nullable Object value) {
        if (value != null) {
            job.set(field, Json.MAPPER.valueToTree(value));
        }
    }

    /** Over those of the manifest; where that has something else, the broker will tell of it. */
    private static void putEach(ObjectNode job, String field, Map<String, String> given) {
        if (job.path(field).isObject() || !job.has(field)) {
            given.forEach((name, value) -> job.withObject("/" + field).put(name, value));
        }
    }
}
