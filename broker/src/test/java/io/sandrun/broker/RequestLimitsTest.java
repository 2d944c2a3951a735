package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.protocol.Limits;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is sent is bounded, and what is beyond is told before it is read. */
class RequestLimitsTest {
    private static BrokerUnderTest broker;

    @BeforeAll
    static void start(@TempDir Path directory) {
        broker = BrokerUnderTest.start(directory);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    /** The least that is too much for each route: of its own body, or of one that it does not read. */
    @ParameterizedTest
    @CsvSource({
        "POST /submit,application/json,33554433,413",
        "POST /submit/batch,application/json,33554433,413",
        "POST /run,application/json,33554433,413",
        "POST /register,application/json,33554433,413",
        "POST /session,application/json,33554433,413",
        "POST /heartbeat,application/json,33554433,413",
        "POST /claim,application/json,33554433,413",
        "POST /complete,application/json,33554433,413",
        "POST /complete/batch,application/json,33554433,413",
        "POST /release,application/json,33554433,413",
        "POST /submit,multipart/form-data; boundary=x,2181038081,413",
        "POST /run,multipart/form-data; boundary=x,2181038081,413",
        "POST /submit,application/json,9223372036854775807,413",
        "POST /submit,application/json,9223372036854775808,400",
        "POST /submit,application/json,-1,400",
        "POST /cancel/none,application/json,33554433,404",
        "POST /nodes/none/drain,application/json,33554433,404",
        "PUT /artifacts/0123?lease=none,application/octet-stream,2147483649,409",
        "GET /status/none,application/json,33554433,404",
        "DELETE /jobs/none,application/json,33554433,404",
        "POST /nowhere,application/json,33554433,404"
    })
    void a_body_that_is_too_large_is_refused_by_its_length(String call, String type, String bytes, int status)
            throws Exception {
        RawHttp answer = RawHttp.ask(
                broker.port(),
                call + " HTTP/1.1",
                "Host: localhost",
                "Content-Type: " + type,
                "Content-Length: " + bytes);
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains("\"error\":", "\"code\":");
    }

    @Test
    void the_figures_above_are_one_beyond_the_limits() {
        assertThat(Limits.BODY_BYTES).isEqualTo(33_554_432);
        assertThat(Limits.UPLOAD_BYTES).isEqualTo(2_181_038_080L);
        assertThat(Limits.OUTPUT_FILE_BYTES).isEqualTo(2_147_483_648L);
    }

    @Test
    void many_small_headers_are_as_bad_as_a_large_one() throws Exception {
        String[] head = new String[6_000];
        Arrays.fill(head, "a: b");
        head[0] = "GET /health HTTP/1.1";
        head[1] = "Host: localhost";
        assertThat(RawHttp.ask(broker.port(), head).status()).isEqualTo(431);
    }

    /** Each byte of it may be escaped in an address. */
    @Test
    void the_longest_path_of_an_output_fits_into_an_address() throws Exception {
        String path = "%C3%A9".repeat(Limits.OUTPUT_PATH_BYTES / 2);
        RawHttp answer = RawHttp.ask(
                broker.port(),
                "GET /outputs/none/" + path + " HTTP/1.1",
                "Host: localhost",
                "Cookie: " + "x".repeat(4096));
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body()).contains("unknown_job");
    }

    @Test
    void a_message_on_a_web_socket_that_is_too_long_ends_it() {
        String jobId = broker.submit("print(1)");
        LogWatcher watcher = LogWatcher.open(broker.url(), "/logs/" + jobId + "/stream");
        watcher.send("x".repeat(2_000));
        assertThat(watcher.awaitClose()).isEqualTo(1009);
        broker.post("/cancel/" + jobId, "");
    }
}
