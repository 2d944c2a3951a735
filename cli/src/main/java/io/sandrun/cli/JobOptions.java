package io.sandrun.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.Interpreters;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A job as the command line describes it. */
final class JobOptions {
    private static final String STANDARD_INPUT = "-";

    @Parameters(index = "0", paramLabel = "FILE", description = "The program, or - to read it from standard input.")
    String file = STANDARD_INPUT;

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "ARG", description = "Arguments of the program.")
    List<String> args = List.of();

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
            names = {"-e", "--env"},
            paramLabel = "NAME=VALUE",
            description = "A variable of the job's environment.")
    Map<String, String> env = Map.of();

    @Option(names = "--stdin", paramLabel = "FILE", description = "What the job reads, or - for standard input.")
    @Nullable
    String stdin;

    /** The interpreter's name as it is sent. */
    String interpreter() {
        if (interpreter != null) {
            return interpreter;
        }
        if (file.equals(STANDARD_INPUT)) {
            return Interpreters.DEFAULT;
        }
        return Interpreters.forFileName(file)
                .orElseThrow(() -> new UsageException(
                        "The ending of %s does not tell its interpreter. Name it with --interpreter.".formatted(file)));
    }

    /** The body of a submit. Fields that were not given are left to the broker's defaults. */
    ObjectNode body() throws IOException {
        if (file.equals(STANDARD_INPUT) && STANDARD_INPUT.equals(stdin)) {
            throw new UsageException("Standard input cannot be both the program and what it reads.");
        }
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.put("code", text(file, Limits.CODE_BYTES));
        body.put("interpreter", interpreter());
        body.set("args", Json.MAPPER.valueToTree(args));
        body.set("env", Json.MAPPER.valueToTree(env));
        if (stdin != null) {
            body.put("stdin", text(stdin, Limits.STDIN_BYTES));
        }
        putGiven(body, "timeout", timeout);
        putGiven(body, "cpu_seconds", cpuSeconds);
        putGiven(body, "memory_mb", memoryMb);
        putGiven(body, "disk_mb", diskMb);
        putGiven(body, "processes", processes);
        putGiven(body, "cores", cores);
        putGiven(body, "gpu", gpu);
        putGiven(body, "node", node);
        putGiven(body, "requires", requires);
        putGiven(body, "interpreter_version", interpreterVersion);
        putGiven(body, "environment", environment);
        if (!isolation.isEmpty()) {
            body.set("isolation", Json.MAPPER.valueToTree(isolation));
        }
        putGiven(body, "priority", priority);
        putGiven(body, "retries", retries);
        putGiven(body, "retry_backoff_seconds", retryBackoffSeconds);
        putGiven(body, "not_before", notBefore);
        putGiven(body, "cache", cache ? true : null);
        if (!labels.isEmpty()) {
            body.set("labels", Json.MAPPER.valueToTree(labels));
        }
        return body;
    }

    private static void putGiven(ObjectNode body, String field, @Nullable Object value) {
        if (value != null) {
            body.putPOJO(field, value);
        }
    }

    /** A file as text; never more than a little over the limit is read, whatever the file is. */
    private static String text(String file, int limitBytes) throws IOException {
        try (InputStream in = file.equals(STANDARD_INPUT) ? System.in : Files.newInputStream(Path.of(file))) {
            byte[] bytes = in.readNBytes(limitBytes + 1);
            if (bytes.length > limitBytes) {
                throw new UsageException("%s is larger than %,d bytes.".formatted(file, limitBytes));
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException notText) {
            throw new UsageException("%s is not UTF-8 text.".formatted(file));
        } catch (NoSuchFileException missing) {
            throw new UsageException("There is no file %s.".formatted(file));
        }
    }
}
