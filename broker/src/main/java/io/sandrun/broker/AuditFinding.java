package io.sandrun.broker;

import org.jspecify.annotations.Nullable;

/**
 * What a check of the audit log found.
 *
 * @param lines that were read
 * @param fault what is wrong and where, or null for nothing
 */
public record AuditFinding(long lines, @Nullable String fault) {}
