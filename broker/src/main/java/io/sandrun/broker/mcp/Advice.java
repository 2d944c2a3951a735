package io.sandrun.broker.mcp;

import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Outcome;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a model does best about each error and each end of a job. */
final class Advice {
    static final String CORRECT = "Correct the arguments and call the tool again.";
    static final String LATER = "Try again in some seconds; if it stays so, tell the user.";
    private static final String TELL = "The same call will not help: tell the user.";

    private static final Map<ErrorCode, String> ERRORS = Map.ofEntries(
            Map.entry(ErrorCode.MISSING_FIELD, CORRECT),
            Map.entry(ErrorCode.INVALID_FIELD, CORRECT),
            Map.entry(ErrorCode.UNKNOWN_FIELD, CORRECT),
            Map.entry(ErrorCode.UNKNOWN_INTERPRETER, CORRECT),
            Map.entry(ErrorCode.INVALID_ARCHIVE, "Correct the names of the files and call the tool again."),
            Map.entry(ErrorCode.BODY_TOO_LARGE, "Send less: let the program make large data itself."),
            Map.entry(
                    ErrorCode.UNKNOWN_JOB,
                    "Check the job_id. Jobs of others cannot be seen, and jobs are forgotten some time after their "
                            + "end: run it again if you need it."),
            Map.entry(ErrorCode.UNKNOWN_FILE, "Call list_outputs for the names of the files."),
            Map.entry(ErrorCode.NOT_FINISHED, "Call check_job_status with wait_seconds until the job has ended."),
            Map.entry(ErrorCode.ALREADY_FINISHED, "It has ended: call check_job_status for its result."),
            Map.entry(
                    ErrorCode.QUOTA_EXCEEDED,
                    "Wait as many seconds as details.retry_after says, or end jobs that are not needed with "
                            + "cancel_job."));

    private static final Map<Outcome, String> OUTCOMES = Map.ofEntries(
            Map.entry(Outcome.EXIT_NONZERO, "Read the error, correct the program, and run it again."),
            Map.entry(
                    Outcome.SIGNALLED,
                    "The program crashed, mostly in native code: correct it, or do it in another way."),
            Map.entry(Outcome.TIMED_OUT, "Do less at once, or run it again with a larger timeout (at most 3600)."),
            Map.entry(
                    Outcome.OUT_OF_MEMORY, "Use less memory, or run it again with a larger memory_mb (at most 4096)."),
            Map.entry(Outcome.OUTPUT_LIMIT, "Print less: write large output into a file."),
            Map.entry(
                    Outcome.DISK_LIMIT,
                    "Write less and fewer files, or run it again with a larger disk_mb (at most 2048)."),
            Map.entry(Outcome.PROCESS_LIMIT, "Start fewer processes and threads."),
            Map.entry(
                    Outcome.INSTALL_FAILED,
                    "Correct the packages; get_job_logs with stream install tells what went wrong."),
            Map.entry(Outcome.NODE_LOST, "That was not the program's fault: run it again."),
            Map.entry(Outcome.SANDBOX_ERROR, "That was not the program's fault: run it again."));

    private Advice() {}

    static String about(BrokerException refused) {
        for (ErrorCode code : ErrorCode.values()) {
            if (refused.is(code)) {
                return ERRORS.getOrDefault(code, code.isRetryable() ? LATER : TELL);
            }
        }
        return refused.isRetryable() ? LATER : TELL;
    }

    /** Null where there is nothing to do about it. */
    static @Nullable String about(Outcome outcome) {
        return OUTCOMES.get(outcome);
    }
}
