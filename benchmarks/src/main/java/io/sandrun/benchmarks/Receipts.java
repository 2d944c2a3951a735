package io.sandrun.benchmarks;

import io.sandrun.protocol.JobFiles;
import io.sandrun.protocol.JobLimits;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.NodeMessages.AttemptReport;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.NodeMessages.Usage;
import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.OutputReport;
import io.sandrun.protocol.identity.AttemptAccount;
import io.sandrun.protocol.identity.AttemptAccount.Course;
import io.sandrun.protocol.identity.AttemptAccount.NodeClock;
import io.sandrun.protocol.identity.AttemptAccount.Task;
import io.sandrun.protocol.identity.Digest;
import io.sandrun.protocol.identity.NodeKey;
import io.sandrun.protocol.identity.Receipt;
import io.sandrun.protocol.identity.SignedResult;
import io.sandrun.protocol.identity.WorkerKey;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a receipt costs beside the signed result that comes with every report: the work that a node and a broker do for
 * each job, without the calls, the database and what JSON costs on the way. One thread.
 */
public final class Receipts {
    private static final String OUTPUT = "hello\n";

    private static final ClaimedJob JOB = new ClaimedJob(
            "job-0123456789",
            "lease-0123456789",
            1,
            "print('hello')",
            "python3",
            List.of("one", "two"),
            Map.of("NAME", "value"),
            "",
            new JobLimits(60, null, 512, 128, 256, 0),
            null,
            JobFiles.NONE);

    private final NodeKey key = NodeKey.generate();
    private final WorkerKey worker = WorkerKey.of(key.workerId()).orElseThrow();

    private Receipts() {}

    public static void main(String[] args) throws Exception {
        Machine.print();
        new Receipts().measure();
    }

    private void measure() throws Exception {
        Complete plain = report(null).signed(key);
        Complete full = report(account()).signed(key);
        double[] micros = Repeated.micros(
                () -> report(null).signed(key).signature() != null,
                () -> report(account()).signed(key).receipt() != null,
                () -> isResultSigned(plain),
                () -> isResultSigned(full) && isReceiptSigned(full));
        System.out.printf("%-24s %10s %14s %8s%n", "microseconds a job", "result", "and receipt", "ratio");
        System.out.printf("%-24s %10.1f %14.1f %8.2f%n", "a node signs", micros[0], micros[1], micros[1] / micros[0]);
        System.out.printf(
                "%-24s %10.1f %14.1f %8.2f%n", "a broker checks", micros[2], micros[3], micros[3] / micros[2]);
        System.out.printf(
                "bytes of a report: %d, with a receipt %d; of a receipt as it is kept %d, as it is given out %d%n",
                Json.bytes(plain).length,
                Json.bytes(full).length,
                receipt(full).kept(signature(full)).length(),
                receipt(full).sealed(signature(full)).toString().length());
    }

    private static Complete report(@Nullable AttemptAccount account) {
        AttemptReport attempt = AttemptReport.of(
                Outcome.OK, "", OUTPUT.length(), new Usage(0.012, 9_437_184, 34), OutputReport.NOTHING);
        return new Complete("node-1", JOB.id(), OUTPUT, "", 0, JOB.leaseId(), attempt, null, account);
    }

    private static AttemptAccount account() {
        NodeClock clock = new NodeClock(1_790_000_000_000L, 1_790_000_000_002L, 1_790_000_000_036L);
        Course course = new Course("3.11.2", clock, Digest.ofText(OUTPUT), Digest.OF_NOTHING);
        return new AttemptAccount(Task.of(JOB), course, null);
    }

    private boolean isResultSigned(Complete report) {
        return worker.hasSigned(SignedResult.of(report).message(), String.valueOf(report.signature()));
    }

    private boolean isReceiptSigned(Complete report) {
        boolean isOfJob =
                Task.of(JOB).equals(Objects.requireNonNull(report.receipt()).task());
        return isOfJob && receipt(report).isSignedBy(worker, signature(report));
    }

    private Receipt receipt(Complete report) {
        return Receipt.of(key.workerId(), Objects.requireNonNull(report.receipt()), report, SignedResult.of(report));
    }

    private static String signature(Complete report) {
        return String.valueOf(Objects.requireNonNull(report.receipt()).signature());
    }
}
