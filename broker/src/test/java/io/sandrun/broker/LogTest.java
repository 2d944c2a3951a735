package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import io.sandrun.protocol.log.LogStream;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs as the broker keeps and shows them. The node is scripted, so that each byte comes when the test says. */
class LogTest {
    private static final int JOB_COMPLETED = 4000;
    private static final int GOING_AWAY = 1001;

    @TempDir
    private Path directory;

    @AutoClose
    private BrokerUnderTest broker;

    private ScriptedNode node;

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory);
        node = ScriptedNode.register(broker, "node");
    }

    private void restart() {
        broker.close();
        broker = BrokerUnderTest.start(directory);
        node = ScriptedNode.register(broker, "node", Map.of(), leases());
    }

    private List<String> held = List.of();

    private List<String> leases() {
        return held;
    }

    private Job running() {
        broker.submit("x");
        Job job = node.claimOne();
        node.heartbeat(true, job);
        held = List.of(job.leaseId());
        return job;
    }

    private LogWatcher watch(String path) {
        return LogWatcher.open(broker.url(), path);
    }

    private LogWatcher watch(Job job, String query) {
        return watch("/logs/" + job.id() + "/stream" + query);
    }

    private Reply log(Job job, String query, String... headers) {
        var request = broker.request("/logs/" + job.id() + query);
        for (int index = 0; index < headers.length; index += 2) {
            request.header(headers[index], headers[index + 1]);
        }
        return broker.send(request.GET());
    }

    private static long offset(Reply appended) {
        assertThat(appended.status()).isEqualTo(200);
        JsonNode answer = appended.body().path("logs").path(0);
        assertThat(answer.path("error").asText("")).isEmpty();
        return answer.path("offset").asLong();
    }

    private static String code(Reply appended) {
        return appended.body().path("logs").path(0).path("code").asText();
    }

    @Test
    void a_watcher_gets_what_was_printed_before_and_then_what_comes() throws Exception {
        Job job = running();
        assertThat(offset(node.appendLog(job, 0, "out:one\n", "err:two\n"))).isEqualTo(8);
        LogWatcher early = watch(job, "");
        assertThat(early.awaitText(8)).isEqualTo("one\ntwo\n");
        assertThat(offset(node.appendLog(job, 8, "out:three\n"))).isEqualTo(14);
        assertThat(early.awaitText(14)).isEqualTo("one\ntwo\nthree\n");
        assertThat(node.completeWithLog(job, "ok", 14).status()).isEqualTo(200);
        assertThat(early.awaitClose()).isEqualTo(JOB_COMPLETED);
        assertThat(early.farewell()).isEqualTo("job completed");
        LogWatcher late = watch(job, "");
        assertThat(late.awaitClose()).isEqualTo(JOB_COMPLETED);
        assertThat(late.text()).isEqualTo("one\ntwo\nthree\n").isEqualTo(early.text());
    }

    @Test
    void a_queued_jobs_watcher_waits() throws Exception {
        String jobId = broker.submit("x");
        LogWatcher watcher = watch("/ws/" + jobId);
        Job job = node.claimOne();
        node.appendLog(job, 0, "out:now\n");
        assertThat(watcher.awaitText(4)).isEqualTo("now\n");
        node.completeWithLog(job, "ok", 4);
        assertThat(watcher.awaitClose()).isEqualTo(JOB_COMPLETED);
    }

    @Test
    void a_job_that_tells_all_in_its_report_has_its_log_in_the_order_of_the_pieces() {
        Job job = running();
        LogWatcher watcher = watch(job, "?format=json");
        List<Map<String, Object>> order = List.of(
                Map.of("stream", "stdout", "time_ms", 1, "length", 2),
                Map.of("stream", "stderr", "time_ms", 2, "length", 3),
                Map.of("stream", "stdout", "time_ms", 3, "length", 2));
        Map<String, Object> attempt = Map.of("code", "ok", "log", Map.of("bytes", 7, "sent", false, "order", order));
        assertThat(node.completeWith(job, "a\nc\n", "bb\n", attempt).status()).isEqualTo(200);
        assertThat(watcher.awaitClose()).isEqualTo(JOB_COMPLETED);
        assertThat(watcher.frames())
                .extracting(frame -> frame.path("text").asText())
                .containsExactly("a\n", "bb\n", "c\n");
        assertThat(watcher.frames())
                .extracting(frame -> frame.path("offset").asLong())
                .containsExactly(0L, 2L, 5L);
        assertThat(watcher.frames())
                .extracting(frame -> frame.path("stream").asText())
                .containsExactly("stdout", "stderr", "stdout");
        assertThat(log(job, "?format=text").raw().body()).isEqualTo("a\nbb\nc\n");
        assertThat(log(job, "").body().path("stderr").asText()).isEqualTo("bb\n");
        assertThat(log(job, "").body().path("finished").asBoolean()).isTrue();
    }

    @Test
    void an_older_nodes_report_is_a_log_too() {
        Job job = running();
        node.complete(job, "42\n");
        assertThat(log(job, "", "Accept", "text/plain").raw().body()).isEqualTo("42\n");
    }

    @Test
    void who_asks_decides_the_form() {
        Job job = running();
        node.appendLog(job, 0, "out:é\n", "err:oh\n", "install:pip\n");
        Reply json = log(job, "");
        assertThat(json.text("stdout")).isEqualTo("é\n");
        assertThat(json.text("stderr")).isEqualTo("oh\n");
        assertThat(json.text("install")).isEqualTo("pip\n");
        assertThat(json.body().path("next_offset").asLong()).isEqualTo(10);
        assertThat(json.body().path("finished").asBoolean()).isFalse();
        assertThat(json.raw().headers().firstValue("Next-Offset")).contains("10");
        for (String agent : List.of("curl/7.88.1", "Wget/1.21", "HTTPie/3.2")) {
            Reply text = log(job, "", "User-Agent", agent);
            assertThat(text.raw().body()).as(agent).isEqualTo("é\noh\npip\n");
            assertThat(text.raw().headers().firstValue("Content-Type").orElse(""))
                    .startsWith("text/plain");
            assertThat(text.raw().headers().firstValue("Next-Offset")).contains("10");
        }
        assertThat(log(job, "", "User-Agent", "curl/8", "Accept", "application/json")
                        .text("stderr"))
                .isEqualTo("oh\n");
        assertThat(log(job, "?format=json", "User-Agent", "curl/8").text("stdout"))
                .isEqualTo("é\n");
        assertThat(log(job, "?format=text&stream=stderr&offset=1").raw().body()).isEqualTo("h\n");
        assertThat(log(job, "?stream=stderr&offset=1").text("stderr")).isEqualTo("h\n");
        assertThat(log(job, "?format=text&offset=99").raw().body()).isEmpty();
    }

    @Test
    void what_is_no_text_is_carried_exactly_and_shown_as_such() {
        Job job = running();
        byte[] bytes = {'a', (byte) 0xff, 0x1b, '[', '3', '1', 'm', 0, (byte) 0xc3};
        node.appendLog(job, 0, LogPieces.of(LogStream.STDOUT, 5, bytes));
        node.completeWithLog(job, "ok", bytes.length);
        assertThat(log(job, "").text("stdout")).isEqualTo("a\ufffd\u001b[31m\0\ufffd");
        LogWatcher watcher = watch(job, "");
        watcher.awaitClose();
        assertThat(watcher.text()).isEqualTo("a\ufffd\u001b[31m\0\ufffd");
        byte[] exact = BrokerUnderTest.answer(java.net.http.HttpClient.newHttpClient()
                        .sendAsync(
                                broker.request("/logs/" + job.id() + "?format=text")
                                        .build(),
                                java.net.http.HttpResponse.BodyHandlers.ofByteArray()))
                .body();
        assertThat(exact).isEqualTo(bytes);
    }

    @Test
    void a_character_that_comes_in_two_batches_is_sent_whole() throws Exception {
        Job job = running();
        byte[] party = "🎉!".getBytes(StandardCharsets.UTF_8);
        LogWatcher watcher = watch(job, "");
        for (int index = 0; index < party.length; index++) {
            byte[] one = {party[index]};
            assertThat(offset(node.appendLog(job, index, LogPieces.of(LogStream.STDOUT, index, one))))
                    .isEqualTo(index + 1);
        }
        assertThat(watcher.awaitText(3)).isEqualTo("🎉!");
        node.completeWithLog(job, "ok", party.length);
        watcher.awaitClose();
        assertThat(watcher.messages()).allSatisfy(message -> assertThat(message).doesNotContain("\ufffd"));
        assertThat(watcher.text()).isEqualTo("🎉!");
    }

    @Test
    void what_is_sent_twice_is_kept_once_and_a_gap_is_asked_for() {
        Job job = running();
        assertThat(offset(node.appendLog(job, 0, "out:abc"))).isEqualTo(3);
        assertThat(offset(node.appendLog(job, 0, "out:abc", "err:def"))).isEqualTo(6);
        assertThat(offset(node.appendLog(job, 1, "out:bc", "err:defg"))).isEqualTo(7);
        assertThat(offset(node.appendLog(job, 9, "out:late"))).isEqualTo(7);
        assertThat(log(job, "?format=text").raw().body()).isEqualTo("abcdefg");
    }

    @Test
    void a_restart_of_the_broker_loses_and_repeats_nothing() throws Exception {
        Job job = running();
        node.appendLog(job, 0, "out:before ");
        LogWatcher cutOff = watch(job, "?format=json");
        cutOff.awaitText(1);
        restart();
        assertThat(cutOff.awaitClose()).isEqualTo(GOING_AWAY);
        assertThat(log(job, "?format=text").raw().body()).isEqualTo("before ");
        JsonNode last = cutOff.frames().get(0);
        LogWatcher again = watch(
                job,
                "?attempt=%d&offset=%d"
                        .formatted(
                                last.path("attempt").asInt(),
                                last.path("offset").asLong()
                                        + last.path("length").asLong()));
        assertThat(offset(node.appendLog(job, 20, "out:lost"))).isEqualTo(7);
        assertThat(offset(node.appendLog(job, 0, "out:before ", "out:after"))).isEqualTo(12);
        assertThat(node.completeWithLog(job, "ok", 12).status()).isEqualTo(200);
        assertThat(again.awaitClose()).isEqualTo(JOB_COMPLETED);
        assertThat(again.text()).isEqualTo("after");
        restart();
        assertThat(log(job, "?format=text").raw().body()).isEqualTo("before after");
    }

    @Test
    void a_report_before_the_whole_log_is_answered_with_what_is_missing() {
        Job job = running();
        node.appendLog(job, 0, "out:abc");
        Reply early = node.completeWithLog(job, "ok", 5);
        assertThat(early.status()).isEqualTo(409);
        assertThat(early.text("code")).isEqualTo("log_incomplete");
        assertThat(early.body().path("details").path("offset").asLong()).isEqualTo(3);
        assertThat(broker.state(job.id())).isEqualTo("running");
        node.appendLog(job, 3, "out:de");
        assertThat(node.completeWithLog(job, "ok", 5).status()).isEqualTo(200);
        assertThat(node.completeWithLog(job, "ok", 5).status())
                .as("the same again")
                .isEqualTo(200);
    }

    @Test
    void a_lost_lease_takes_no_more_and_the_next_attempt_has_a_log_of_its_own() throws Exception {
        Job first = running();
        node.appendLog(first, 0, "out:first\n");
        LogWatcher text = watch(first, "");
        LogWatcher frames = watch(first, "?format=json");
        text.awaitText(6);
        node.release(false, first);
        assertThat(code(node.appendLog(first, 6, "out:ghost\n"))).isEqualTo("stale_lease");
        assertThat(log(first, "?format=text").raw().body()).isEqualTo("first\n");
        Job second = node.claimOne();
        assertThat(second.attempt()).isEqualTo(2);
        assertThat(code(node.appendLog(first, 6, "out:ghost\n"))).isEqualTo("stale_lease");
        assertThat(offset(node.appendLog(second, 0, "out:second\n"))).isEqualTo(7);
        assertThat(node.completeWithLog(second, "ok", 7).status()).isEqualTo(200);
        assertThat(text.awaitClose()).isEqualTo(JOB_COMPLETED);
        assertThat(text.text()).isEqualTo("first\nsecond\n");
        assertThat(frames.awaitClose()).isEqualTo(JOB_COMPLETED);
        assertThat(frames.frames())
                .extracting(frame -> frame.path("attempt").asInt())
                .containsExactly(1, 2);
        assertThat(frames.frames())
                .extracting(frame -> frame.path("offset").asInt())
                .containsExactly(0, 0);
        assertThat(log(first, "?format=text").raw().body()).isEqualTo("second\n");
        LogWatcher rejoined = watch(first, "?attempt=1&offset=6");
        rejoined.awaitClose();
        assertThat(rejoined.text()).as("an offset of the first attempt's log").isEqualTo("second\n");
    }

    @Test
    void joining_at_any_offset_gets_the_rest() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Job job = running();
        StringBuilder whole = new StringBuilder();
        StringBuilder errors = new StringBuilder();
        for (int piece = 0; piece < 300; piece++) {
            String text = "é".repeat(random.nextInt(40)) + piece + (random.nextBoolean() ? "\n" : "€");
            boolean isError = random.nextInt(3) == 0;
            node.appendLog(
                    job, whole.toString().getBytes(StandardCharsets.UTF_8).length, (isError ? "err:" : "out:") + text);
            whole.append(text);
            errors.append(isError ? text : "");
        }
        byte[] all = whole.toString().getBytes(StandardCharsets.UTF_8);
        byte[] errorBytes = errors.toString().getBytes(StandardCharsets.UTF_8);
        node.completeWithLog(job, "ok", all.length);
        for (int join = 0; join < 40; join++) {
            int offset = random.nextInt(all.length + 1);
            LogWatcher watcher = watch(job, "?offset=" + offset);
            watcher.awaitClose();
            assertThat(watcher.text()).isEqualTo(rest(all, offset));
            int place = random.nextInt(errorBytes.length + 1);
            LogWatcher one = watch(job, "?stream=stderr&offset=" + place);
            one.awaitClose();
            assertThat(one.text()).isEqualTo(rest(errorBytes, place));
        }
    }

    private static String rest(byte[] bytes, int offset) {
        return new String(bytes, offset, bytes.length - offset, StandardCharsets.UTF_8);
    }

    @Test
    void jobs_without_a_log_have_an_empty_one() throws Exception {
        Job silent = running();
        LogWatcher watcher = watch(silent, "");
        node.complete(silent, "");
        assertThat(watcher.awaitClose()).isEqualTo(JOB_COMPLETED);
        assertThat(watcher.messages()).isEmpty();
        String cancelled = broker.submit("x");
        LogWatcher waiting = watch("/stream/" + cancelled);
        assertThat(waiting.awaitText(1)).isEqualTo("[STATUS] Job status: pending");
        broker.post("/cancel/" + cancelled, Map.of());
        assertThat(waiting.awaitClose()).isEqualTo(JOB_COMPLETED);
        assertThat(waiting.messages()).containsExactly("[STATUS] Job status: pending", "[DONE] Job failed");
        assertThat(broker.get("/logs/" + cancelled).text("stdout")).isEmpty();
        assertThat(broker.get("/logs/" + cancelled).body().path("finished").asBoolean())
                .isTrue();
    }

    @Test
    void the_prototypes_path_says_how_the_job_stands() {
        Job job = running();
        LogWatcher watcher = watch("/stream/" + job.id());
        node.appendLog(job, 0, "out:hello\n");
        node.completeWithLog(job, "ok", 6);
        watcher.awaitClose();
        assertThat(watcher.messages())
                .containsExactly("[STATUS] Job status: running", "hello\n", "[DONE] Job completed");
    }

    private static int handshakeStatus(Throwable refused) {
        return refused.getCause() instanceof WebSocketHandshakeException handshake
                ? handshake.getResponse().statusCode()
                : 0;
    }

    @Test
    void bad_questions_are_refused() {
        assertThat(broker.get("/logs/pool-none").status()).isEqualTo(404);
        assertThatThrownBy(() -> watch("/logs/pool-none/stream"))
                .hasCauseInstanceOf(WebSocketHandshakeException.class)
                .satisfies(refused -> assertThat(handshakeStatus(refused)).isEqualTo(404));
        Job job = running();
        for (String query : List.of("?offset=-1", "?offset=x", "?stream=stdin", "?format=xml", "?attempt=-2")) {
            assertThat(log(job, query).status()).as(query).isEqualTo(400);
            assertThat(log(job, query).text("code")).isEqualTo("invalid_field");
        }
        assertThat(broker.post("/logs", "x").status()).isEqualTo(400);
        assertThat(code(node.appendLog(job, 0, new byte[] {9, 9, 9}))).isEqualTo("invalid_field");
        assertThat(code(node.appendLog(job, 0, new byte[] {1, 0, 0, 0, 0, 0, 0, 0, 9, 'x'})))
                .isEqualTo("invalid_field");
        assertThat(log(job, "?format=text").raw().body()).isEmpty();
    }
}
