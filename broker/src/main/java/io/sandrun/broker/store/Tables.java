package io.sandrun.broker.store;

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
    private final ArtifactTable artifacts;
    private final OutputTable outputs;
    private final CopyTable copies;
    private final ReputationTable reputations;
    private final KeyTable keys;
    private final UsageTable usage;
    private final RetentionTable retention;
    private final OwnersTable owners;
    private final AvoidanceTable avoidances;
    private final ProbeTable probe;

    Tables(StoreConnection connection) {
        this.jobs = new JobTable(connection);
        this.attempts = new AttemptTable(connection);
        this.results = new ResultTable(connection);
        this.requirements = new RequirementTable(connection);
        this.nodes = new NodeTable(connection);
        this.audit = new AuditTable(connection);
        this.lists = new JobListTable(connection);
        this.cache = new CacheTable(connection);
        this.idempotency = new IdempotencyTable(connection);
        this.artifacts = new ArtifactTable(connection);
        this.outputs = new OutputTable(connection);
        this.copies = new CopyTable(connection);
        this.reputations = new ReputationTable(connection);
        this.keys = new KeyTable(connection);
        this.usage = new UsageTable(connection);
        this.retention = new RetentionTable(connection);
        this.owners = new OwnersTable(connection);
        this.avoidances = new AvoidanceTable(connection);
        this.probe = new ProbeTable(connection);
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

    public ArtifactTable artifacts() {
        return artifacts;
    }

    public OutputTable outputs() {
        return outputs;
    }

    public CopyTable copies() {
        return copies;
    }

    public ReputationTable reputations() {
        return reputations;
    }

    public UsageTable usage() {
        return usage;
    }

    public KeyTable keys() {
        return keys;
    }

    public RetentionTable retention() {
        return retention;
    }

    public OwnersTable owners() {
        return owners;
    }

    public AvoidanceTable avoidances() {
        return avoidances;
    }

    ProbeTable probe() {
        return probe;
    }
}
