package io.sandrun.broker;

import io.sandrun.broker.ScriptedNode.Job;
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

/** The report of a node that accounts for an attempt, to be signed. */
final class AccountedReport {
    /** What the program printed, some of it not ASCII. */
    static final String OUTPUT = "caf\u00e9\n";

    private AccountedReport() {}

    static Complete of(Job job) throws Exception {
        return of(job, OutputReport.NOTHING);
    }

    /** Likewise of a job that left these files. */
    static Complete of(Job job, OutputReport outputs) throws Exception {
        ClaimedJob claimed = Json.MAPPER.treeToValue(job.body(), ClaimedJob.class);
        AttemptAccount account = new AttemptAccount(
                Task.of(claimed),
                new Course("3.11.2", new NodeClock(1_000, 1_001L, 1_030L), Digest.ofText(OUTPUT), Digest.OF_NOTHING),
                null);
        AttemptReport attempt =
                AttemptReport.of(Outcome.OK, "", OUTPUT.length() + 1, new Usage(0.02, 1 << 20, 30), outputs);
        return new Complete("", job.id(), OUTPUT, "", 0, job.leaseId(), attempt, null, account);
    }
}
