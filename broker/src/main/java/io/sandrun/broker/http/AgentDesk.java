package io.sandrun.broker.http;

import io.sandrun.broker.environment.EnvironmentCatalog;
import java.util.concurrent.Executor;

/**
 * Who serves what agents ask for: those who serve everybody else.
 *
 * @param blocking runs what reads the store after a commit
 */
record AgentDesk(
        SubmitEndpoints submits,
        JobEndpoints jobs,
        OutputEndpoints outputs,
        LogEndpoints logs,
        EnvironmentCatalog environments,
        AccessCheck access,
        Executor blocking) {}
