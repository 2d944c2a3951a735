package io.sandrun.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.identity.Finding;
import io.sandrun.protocol.identity.ReceiptCheck;
import io.sandrun.protocol.identity.ResultCheck;
import io.sandrun.protocol.identity.WorkerKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks what a node signed. Asks nobody: neither the broker nor the node has to be there. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description =
                "Checks a receipt and names what was changed in it; needs no broker. Exit code 0 if it is genuine.")
final class VerifyCommand implements Callable<Integer> {
    /** Lines beyond which nobody reads on. */
    private static final int FINDINGS_SHOWN = 200;

    @Parameters(
            paramLabel = "RECEIPT",
            description =
                    "A file with a receipt (`sandrun receipt`), or with a whole status (`sandrun status --json`), "
                            + "which has the short form; - for standard input.")
    String file = JobOptions.STANDARD_INPUT;

    @Option(
            names = "--outputs",
            paramLabel = "DIR",
            description = "Compare the files of this folder with those that the job left.")
    @Nullable
    Path outputs;

    @Option(
            names = "--worker-id",
            paramLabel = "KEY",
            description = "The worker that must have signed; may be repeated, for any of several.")
    List<String> workerIds = List.of();

    @Option(names = "--json", description = "Print what was checked as JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        for (String workerId : workerIds) {
            if (WorkerKey.of(workerId).isEmpty()) {
                throw new UsageException("'%s' is no worker id.".formatted(workerId));
            }
        }
        JsonNode document = read();
        boolean isReceipt = ReceiptCheck.isReceipt(document);
        if (!isReceipt && ResultCheck.in(document).isEmpty()) {
            throw new IOException("%s is neither a receipt nor a status with worker_metadata.".formatted(named()));
        }
        JsonNode signed = isReceipt ? document : ResultCheck.in(document).orElseThrow();
        List<Finding> findings = new ArrayList<>(isReceipt ? ReceiptCheck.of(document) : ResultCheck.of(document));
        String workerId = signed.path("worker_id").asText();
        if (!workerIds.isEmpty()) {
            findings.add(Finding.of(
                    "worker_id",
                    workerIds.contains(workerId),
                    "is one of those expected",
                    "is none of those expected"));
        }
        if (outputs != null) {
            findings.addAll(
                    isReceipt
                            ? OutputsOnDisk.ofReceipt(document, outputs)
                            : OutputsOnDisk.ofStatus(document, signed, outputs));
        }
        boolean isGenuine = findings.stream().allMatch(Finding::holds);
        if (json) {
            Console.say(asJson(isGenuine, isReceipt, workerId, findings).toString());
        } else {
            tell(isGenuine, findings);
            tellWhatRemains(isReceipt ? document : signed.path("signed_data"));
        }
        return isGenuine ? 0 : Sandrun.EXIT_FAILURE;
    }

    private JsonNode read() throws IOException {
        try {
            return Json.MAPPER.readTree(TextFile.read(file, Limits.RECEIPT_BYTES));
        } catch (JsonProcessingException slip) {
            throw new IOException(TextFile.notJson(named(), slip), slip);
        }
    }

    private String named() {
        return file.equals(JobOptions.STANDARD_INPUT) ? "Standard input" : file;
    }

    private static void tell(boolean isGenuine, List<Finding> findings) {
        List<Finding> wrong =
                findings.stream().filter(finding -> !finding.holds()).toList();
        findings.stream().filter(Finding::holds).forEach(finding -> line("ok", finding));
        wrong.stream().limit(FINDINGS_SHOWN).forEach(finding -> line("WRONG", finding));
        if (wrong.size() > FINDINGS_SHOWN) {
            Console.say("... and %,d more".formatted(wrong.size() - FINDINGS_SHOWN));
        }
        Console.say(isGenuine ? "genuine" : "not genuine, faults: %,d".formatted(wrong.size()));
    }

    /** Genuine is what anybody's key has signed about any job: whose and which it is, only the reader can compare. */
    private void tellWhatRemains(JsonNode signed) {
        Console.tell(
                "this is about the job " + Console.escaped(signed.path("job_id").asText()));
        if (workerIds.isEmpty()) {
            Console.tell("anybody can make a key: say with --worker-id whose it must be");
        }
    }

    private static void line(String verdict, Finding finding) {
        String line = "%-6s%s %s".formatted(verdict, finding.what(), finding.says());
        Console.say(Console.escaped(line).replace('\n', ' ').replace('\t', ' '));
    }

    private static ObjectNode asJson(boolean isGenuine, boolean isReceipt, String workerId, List<Finding> findings) {
        ObjectNode all = Json.MAPPER.createObjectNode();
        all.put("genuine", isGenuine)
                .put("form", isReceipt ? "receipt" : "result")
                .put("worker_id", workerId);
        ArrayNode checks = all.putArray("checks");
        findings.stream()
                .limit(FINDINGS_SHOWN)
                .forEach(finding -> checks.addObject()
                        .put("what", finding.what())
                        .put("holds", finding.holds())
                        .put("says", finding.says()));
        return all.put("checks_count", findings.size());
    }
}
