package io.sandrun.broker.job;

import io.sandrun.broker.requirement.RequirementClass;
import io.sandrun.broker.store.JobTable.NewJob;
import io.sandrun.protocol.JobSpec;
import io.sandrun.protocol.Json;

/**
 * A job that is about to be written.
 *
 * @param canonicalNeeds what it needs of a node, as its class is called
 */
record JobDraft(NewJob job, String canonicalNeeds) {
    static JobDraft of(String id, String client, JobSpec spec, long nowMs) {
        NewJob job = new NewJob(
                id,
                client,
                spec.interpreter(),
                Sha256.hex(spec.code()),
                Json.write(spec),
                Math.round(spec.limits().timeout() * 1000),
                nowMs);
        return new JobDraft(job, RequirementClass.canonical(spec));
    }
}
