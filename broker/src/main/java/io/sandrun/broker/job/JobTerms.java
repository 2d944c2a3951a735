package io.sandrun.broker.job;

import io.sandrun.broker.job.JobRequest.Reuse;
import io.sandrun.broker.job.JobRequest.Wishes;
import io.sandrun.broker.reputation.Terms;
import io.sandrun.protocol.JobFiles;
import io.sandrun.protocol.JobFiles.Input;
import io.sandrun.protocol.JobFiles.Requirements;
import io.sandrun.protocol.JobLimits;
import io.sandrun.protocol.JobNeeds;
import io.sandrun.protocol.JobSpec;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All that a client says of a job beside the program. */
public record JobTerms(
        List<String> args,
        Map<String, String> env,
        String stdin,
        JobLimits limits,
        JobNeeds needs,
        List<String> outputs,
        Wishes wishes,
        Reuse reuse,
        @Nullable Terms verify) {

    JobRequest snippet(String code, String interpreter) {
        return request(code, interpreter, new JobFiles(List.of(), null, null, outputs));
    }

    JobRequest project(String interpreter, List<Input> inputs, String entrypoint, @Nullable Requirements requirements) {
        return request("", interpreter, new JobFiles(inputs, entrypoint, requirements, outputs));
    }

    private JobRequest request(String code, String interpreter, JobFiles files) {
        return new JobRequest(
                new JobSpec(code, interpreter, args, env, stdin, limits, needs, files), wishes, reuse, verify);
    }
}
