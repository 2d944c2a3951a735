package io.sandrun.broker.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.protocol.JobFiles;
import io.sandrun.protocol.JobLimits;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept in mind of handed jobs is bounded by what each takes, wherever its submitter has put it. */
class CheckedReceiptsTest {
    private static final String LONG = "x".repeat(Limits.ARGS_AND_ENV_BYTES);

    @ParameterizedTest
    @ValueSource(strings = {"code", "stdin", "argument", "variable", "output"})
    void a_job_weighs_what_its_texts_take(String where) {
        String code = where.equals("code") ? LONG : "";
        String stdin = where.equals("stdin") ? LONG : "";
        List<String> args = where.equals("argument") ? List.of(LONG) : List.of();
        Map<String, String> env = where.equals("variable") ? Map.of("NAME", LONG) : Map.of();
        List<String> outputs = where.equals("output") ? List.of(LONG) : List.of();
        ClaimedJob job = new ClaimedJob(
                "id",
                "lease",
                1,
                code,
                "python3",
                args,
                env,
                stdin,
                new JobLimits(1, null, Limits.MEMORY_MB_MIN, 1, 1, 0),
                null,
                new JobFiles(List.of(), null, null, outputs));
        assertThat(CheckedReceipts.weight(job)).isGreaterThan(LONG.length());
    }
}
