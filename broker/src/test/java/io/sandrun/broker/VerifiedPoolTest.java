package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pool of nodes that nobody knows makes of verified jobs, and they of it. */
class VerifiedPoolTest {
    private static final Map<String, ?> WISH = Map.of("code", "print(1)", "verify", true);

    /** The clock stands still, so this is long; what is over is swept away ten times in it by the true clock. */
    private static final Duration TTL = Duration.ofSeconds(2);

    @TempDir
    private Path directory;

    private final SettableClock clock = new SettableClock();

    @AutoClose
    private BrokerUnderTest broker;

    @BeforeEach
    void start() {
        broker = start(true);
    }

    private BrokerUnderTest start(boolean isAnyAddressGood) {
        return BrokerUnderTest.start(
                directory,
                settings -> settings.verifySameAddress(isAnyAddressGood).resultTtl(TTL),
                clock);
    }

    private ScriptedNode node(String name) {
        return ScriptedNode.register(broker, name, Map.of("features", List.of("files")));
    }

    private JsonNode verification(String jobId) {
        return broker.get("/status/" + jobId).body().path("verification");
    }

    /** Lets nodes have copies of one job, as far as there are any for them, and answer all alike. */
    private String run(List<ScriptedNode> nodes) {
        return run(nodes, WISH);
    }

    private String run(List<ScriptedNode> nodes, Map<String, ?> wish) {
        String jobId = broker.submit(wish);
        for (int round = 0; broker.state(jobId).equals("pending"); round++) {
            assertThat(round).as("rounds without a decision").isLessThan(10);
            Map<ScriptedNode, Job> copies = new LinkedHashMap<>();
            nodes.forEach(node -> node.claim(1, 0).forEach(job -> copies.put(node, job)));
            copies.forEach((node, copy) -> node.complete(copy, "1\n"));
        }
        return jobId;
    }

    @Test
    void copies_keep_away_from_an_address_that_has_one() throws Exception {
        broker.close();
        broker = start(false);
        ScriptedNode first = node("a");
        ScriptedNode neighbour = node("b");
        ScriptedNode elsewhere = ScriptedNode.registerFrom(broker, "c", "127.0.0.2");
        CompletableFuture<List<Job>> parked = elsewhere.claimParked(1, 20);
        String jobId = broker.submit(WISH);
        Job copy = BrokerUnderTest.answer(parked).get(0);
        elsewhere.complete(copy, "1\n");
        Job second = first.claimOne();
        assertThat(neighbour.claim(1, 0)).isEmpty();
        assertThat(broker.get("/status/" + jobId).text("pending_reason"))
                .isEqualTo("It waits for a node of a third owner: 2 of 3 copies are placed."
                        + " Nodes at one address count as one, unless the broker has --verify-same-address.");
        first.complete(second, "1\n");
        ScriptedNode third = ScriptedNode.registerFrom(broker, "d", "127.0.0.3");
        third.complete(third.claimOne(), "1\n");
        assertThat(broker.result(jobId).path("output").asText()).isEqualTo("1\n");
    }

    @Test
    void who_is_outvoted_gets_one_job_at_a_time_and_then_none() {
        List<ScriptedNode> honest = List.of(node("a"), node("b"), node("c"), node("d"));
        ScriptedNode liar = node("liar");
        outvote(liar, honest);
        List<String> others = List.of(broker.submit("print(2)"), broker.submit("print(3)"));
        Job only = liar.claimOne();
        assertThat(only.id()).isEqualTo(others.get(0));
        CompletableFuture<List<Job>> parked = liar.claimParked(3, 20);
        liar.complete(only, "2\n");
        assertThat(BrokerUnderTest.answer(parked)).extracting(Job::id).containsExactly(others.get(1));
        liar.complete(BrokerUnderTest.answer(parked).get(0), "3\n");
        outvote(liar, honest);
        outvote(liar, honest);
        String left = broker.submit("print(4)");
        assertThat(liar.claim(4, 0)).isEmpty();
        broker.close();
        broker = start(true);
        assertThat(ScriptedNode.register(broker, "liar").claim(4, 0)).isEmpty();
        assertThat(honest.get(0).at(broker).claimOne().id()).isEqualTo(left);
    }

    /** The liar is the first to have the job; of the others as many as it takes say otherwise. */
    private void outvote(ScriptedNode liar, List<ScriptedNode> honest) {
        String jobId = broker.submit(WISH);
        liar.complete(liar.claimOne(), "lie\n");
        for (ScriptedNode node : honest) {
            List<Job> copy = node.claim(1, 0);
            if (!copy.isEmpty()) {
                node.complete(copy.get(0), "1\n");
            }
        }
        assertThat(broker.result(jobId).path("output").asText()).isEqualTo("1\n");
        // A check that may follow would be the next thing that somebody is handed.
        for (ScriptedNode node : honest) {
            node.claim(1, 0).forEach(check -> node.complete(check, "1\n"));
        }
    }

    @Test
    void the_word_of_a_proven_node_is_enough_and_known_answers_test_the_others() {
        List<ScriptedNode> nodes = List.of(node("a"), node("b"), node("c"));
        ScriptedNode late = node("late");
        List<String> checks = new ArrayList<>();
        for (int job = 0; job < 30; job++) {
            String jobId = run(nodes);
            assertThat(broker.result(jobId).path("output").asText()).isEqualTo("1\n");
            for (Job check : late.claim(1, 0)) {
                assertThat(late.complete(check, "1\n").status()).isEqualTo(200);
                checks.add(jobId);
            }
        }
        int executions = 0;
        List<String> bases = new ArrayList<>();
        for (int job = 0; job < 20; job++) {
            String jobId = run(nodes);
            executions += verification(jobId).path("executions").asInt();
            bases.add(verification(jobId).path("decision").path("basis").asText());
        }
        assertThat(bases).contains("word");
        assertThat(executions).isLessThan(3 * 20);
        assertThat(checks)
                .isNotEmpty()
                .allSatisfy(jobId ->
                        assertThat(checkOf(jobId).path("agrees").asBoolean()).isTrue());
    }

    @Test
    void a_word_says_what_became_of_its_node_and_is_no_longer_given_to_others() {
        List<ScriptedNode> nodes = List.of(node("a"), node("b"), node("c"));
        for (int job = 0; job < 22; job++) {
            run(nodes);
        }
        Map<String, Object> wish = new HashMap<>(WISH);
        wish.put("cache", true);
        String onWord = "";
        // Of the answers of a proven node a tenth is checked at first.
        for (int tries = 0; !basis(onWord).equals("word"); tries++) {
            assertThat(tries).as("answers, all of which were checked").isLessThan(40);
            wish.put("args", List.of("" + tries));
            onWord = run(nodes, wish);
        }
        assertThat(verification(onWord).at("/decision/standing").asText()).isEqualTo("proven");
        assertThat(broker.post("/submit", wish).text("cached_from")).isEqualTo(onWord);
        // Known answers may have been sent out, to whom they are new.
        nodes.forEach(node -> node.claim(4, 0).forEach(check -> node.complete(check, "1\n")));
        String exposing = broker.submit(WISH);
        ScriptedNode newcomer = node("d");
        newcomer.complete(newcomer.claimOne(), "1\n");
        nodes.get(0).complete(nodes.get(0).claimOne(), "lie\n");
        for (ScriptedNode node : nodes.subList(1, 3)) {
            node.complete(node.claimOne(), "1\n");
        }
        assertThat(broker.result(exposing).path("output").asText()).isEqualTo("1\n");
        assertThat(verification(onWord).at("/decision/standing").asText()).isEqualTo("doubted");
        assertThat(verification(exposing).at("/decision/standing").isNull()).isTrue();
        Reply anew = broker.post("/submit", wish);
        assertThat(anew.text("state")).isEqualTo("pending");
        assertThat(anew.body().path("cached_from").isTextual()).isFalse();
    }

    private String basis(String jobId) {
        return jobId.isEmpty() ? "" : verification(jobId).at("/decision/basis").asText();
    }

    private JsonNode checkOf(String jobId) {
        return StreamSupport.stream(verification(jobId).path("copies").spliterator(), false)
                .filter(copy -> copy.path("check").asBoolean())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void files_come_from_the_project_and_are_the_jobs_when_it_is_decided() throws Exception {
        Reply submitted = new UploadForm()
                .file("main.py", "print(1)")
                .manifest("{\"verify\": {\"replicas\": 2}, \"outputs\": [\"*.txt\"]}")
                .submit(broker);
        String jobId = submitted.text("job_id");
        byte[] kept = "kept".getBytes(UTF_8);
        for (String name : List.of("a", "b")) {
            ScriptedNode node = node(name);
            Job copy = node.claimOne();
            String input = copy.body().at("/files/inputs/0/sha256").asText();
            assertThat(node.send(FilesOfNode.artifact(input, copy.leaseId()), request -> request.GET())
                            .raw()
                            .body())
                    .isEqualTo("print(1)");
            assertThat(broker.get("/outputs/" + jobId).body().path("files")).isEmpty();
            new FilesOfNode(node, copy).with("kept.txt", kept).report();
            if (name.equals("a")) {
                assertThat(broker.get("/outputs/" + copy.id()).status()).isEqualTo(202);
            }
        }
        broker.result(jobId);
        assertThat(broker.get("/outputs/" + jobId + "/kept.txt").raw().body()).isEqualTo("kept");
        JsonNode metadata = broker.get("/status/" + jobId).body().path("worker_metadata");
        assertThat(metadata.at("/signed_data/job_id").asText())
                .isEqualTo(verification(jobId).at("/decision/job_id").asText());
    }

    @Test
    void who_watches_gets_the_answer_that_was_believed() {
        String jobId = broker.submit(Map.of("code", "x", "verify", Map.of("replicas", 2)));
        LogWatcher watcher = LogWatcher.open(broker.url(), "/logs/" + jobId + "/stream");
        for (String name : List.of("a", "b")) {
            ScriptedNode node = node(name);
            Job copy = node.claimOne();
            assertThat(node.appendLog(copy, 0, "out:same\n").status()).isEqualTo(200);
            assertThat(broker.get("/logs/" + jobId).text("stdout")).isEmpty();
            assertThat(watcher.messages()).isEmpty();
            Map<String, Object> log = Map.of("bytes", 5, "sent", true);
            node.completeWith(copy, "same\n", "", Map.of("code", "ok", "output_bytes", 5, "log", log));
        }
        assertThat(watcher.awaitClose()).isEqualTo(4000);
        assertThat(watcher.text()).isEqualTo("same\n");
        assertThat(broker.get("/logs/" + jobId).text("stdout")).isEqualTo("same\n");
    }

    @Test
    void copies_are_forgotten_with_their_job_and_not_before() {
        List<ScriptedNode> nodes = List.of(node("a"), node("b"), node("c"));
        String early = broker.submit("print(0)");
        nodes.get(0).complete(nodes.get(0).claimOne(), "0\n");
        broker.result(early);
        clock.advance(TTL.dividedBy(2));
        String jobId = run(nodes);
        broker.result(jobId);
        String copyId = verification(jobId).at("/copies/0/job_id").asText();
        clock.advance(TTL.dividedBy(2).plusMillis(1));
        await(() -> broker.get("/status/" + early).status() == 404);
        assertThat(broker.get("/status/" + copyId).text("copy_of")).isEqualTo(jobId);
        clock.advance(TTL.dividedBy(2));
        await(() -> broker.get("/status/" + jobId).status() == 404);
        assertThat(broker.get("/status/" + copyId).status()).isEqualTo(404);
        assertThat(broker.get("/health").body().path("jobs").asInt()).isZero();
    }

    @Test
    void a_verified_answer_serves_who_wants_a_verified_one() {
        Map<String, Object> wish = new HashMap<>(WISH);
        wish.put("cache", true);
        String unverified = broker.submit(Map.of("code", "print(1)", "cache", true));
        ScriptedNode first = node("a");
        first.complete(first.claimOne(), "lie\n");
        String jobId = broker.submit(wish);
        assertThat(broker.state(unverified)).isEqualTo("completed");
        assertThat(broker.state(jobId)).isEqualTo("pending");
        for (ScriptedNode node : List.of(first, node("b"), node("c"))) {
            node.complete(node.claimOne(), "1\n");
        }
        assertThat(broker.result(jobId).path("output").asText()).isEqualTo("1\n");
        Reply again = broker.post("/submit", wish);
        assertThat(again.text("cached_from")).isEqualTo(jobId);
        assertThat(broker.result(again.text("job_id")).path("output").asText()).isEqualTo("1\n");
        assertThat(verification(again.text("job_id")).path("copies")).isEmpty();
    }

    @Test
    void a_job_for_later_waits_with_its_copy() {
        ScriptedNode node = node("a");
        Map<String, Object> wish = new HashMap<>(WISH);
        wish.put("not_before", clock.millis() / 1000 + 3600);
        String jobId = broker.submit(wish);
        assertThat(node.claim(1, 0)).isEmpty();
        assertThat(broker.get("/status/" + jobId).text("pending_reason"))
                .startsWith("It was submitted to run not before");
        assertThat(broker.get("/status/" + jobId).body().path("queue_position").asInt())
                .isZero();
    }
}
