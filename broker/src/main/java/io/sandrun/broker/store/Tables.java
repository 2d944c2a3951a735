package io.sandrun.broker.store;

import org.jdbi.v3.core.Handle;

/** The verbs of each table, on one connection. Valid only inside the operation or the reading that was given it. */
public final class Tables {
    private final JobTable jobs;
    private final AttemptTable attempts;
    private final ResultTable results;
    private final RequirementTable requirements;
    private final NodeTable nodes;
    private final AuditTable audit;
    private final CacheTable cache;
    private final IdempotencyTable idempotency;
    private final JobListTable lists;

    Tables(Handle handle) {
        this.jobs = new JobTable(handle);
        this.attempts = new AttemptTable(handle);
        this.results = new ResultTable(handle);
        this.requirements = new RequirementTable(handle);
        this.nodes = new NodeTable(handle);
        this.audit = new AuditTable(handle);
        this.lists = new JobListTable(handle);
        this.cache = new CacheTable(handle);
        this.idempotency = new IdempotencyTable(handle);
    }

    public JobTable jobs() {
        return jobs;
    }

    public AttemptTable attempts() {
        return attempts;
    }

    public ResultTable results() {
        return results;
    }

    public RequirementTable requirements() {
        return requirements;
    }

    public NodeTable nodes() {
        return nodes;
    }

    public AuditTable audit() {
        return audit;
    }

    public JobListTable lists() {
        return lists;
    }

    public CacheTable cache() {
        return cache;
    }

    public IdempotencyTable idempotency() {
        return idempotency;
    }
}
