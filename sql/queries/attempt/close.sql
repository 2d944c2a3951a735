-- Without an outcome the lease was given back; with one, that is how the attempt ended.
update attempts
set ended_at_ms = :nowMs,
    outcome = :outcome,
    reason = :reason,
    prepared_after_ms = :preparedAfterMs,
    started_after_ms = :startedAfterMs,
    ended_after_ms = :endedAfterMs,
    start = :start,
    prepare_us = :prepareUs,
    start_us = :startUs,
    run_us = :runUs
where lease_id = :leaseId and ended_at_ms is null
