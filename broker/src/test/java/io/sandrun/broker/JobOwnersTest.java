package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.protocol.identity.ApiKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job is its submitter's: to others it is one that never was. */
class JobOwnersTest {
    @TempDir
    private Path directory;

    @AutoClose
    private BrokerUnderTest broker;

    private BrokerUnderTest admin;
    private BrokerUnderTest alice;
    private BrokerUnderTest bob;
    private String aliceId;

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory);
        admin = broker.as(broker.key("admin"));
        String key = admin.key("submit");
        alice = broker.as(key);
        aliceId = ApiKey.parse(key).orElseThrow().id();
        bob = broker.as(admin.key("submit"));
    }

    private static List<String> listed(BrokerUnderTest caller, String query) {
        List<String> ids = new ArrayList<>();
        Reply reply = caller.get("/jobs" + query);
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        reply.body().path("jobs").forEach(job -> ids.add(job.path("job_id").asText()));
        return ids;
    }

    @Test
    void key_a_cannot_see_or_touch_job_b_and_an_admin_can() {
        String job = alice.submit("secret");
        String nobodys = "pool-00000000000000000000000000";
        for (String path : List.of("/status/", "/results/", "/receipts/", "/outputs/", "/download/", "/logs/")) {
            Reply foreign = bob.get(path + job);
            Reply absent = bob.get(path + nobodys);
            assertThat(foreign.status()).as(path).isEqualTo(404);
            assertThat(foreign.raw().body().replace(job, nobodys))
                    .isEqualTo(absent.raw().body());
            assertThat(admin.get(path + job).text("code")).as(path).isNotEqualTo("unknown_job");
        }
        assertThat(bob.get("/outputs/" + job + "/x").text("code")).isEqualTo("unknown_job");
        assertThat(bob.get("/download/" + job + "/x").text("code")).isEqualTo("unknown_job");
        assertThat(bob.get("/logs/" + job + "/stream").text("code")).isEqualTo("unknown_job");
        assertThat(bob.post("/cancel/" + job, Map.of()).text("code")).isEqualTo("unknown_job");
        assertThat(bob.send(bob.request("/jobs/" + job).DELETE()).text("code")).isEqualTo("unknown_job");
        assertThat(alice.state(job)).isEqualTo("pending");
        assertThat(alice.post("/cancel/" + job, Map.of()).status()).isEqualTo(200);
    }

    @Test
    void lists_have_ones_own_jobs_whatever_is_asked_for() {
        String first = alice.submit("1");
        String second = bob.submit("2");
        String third = alice.submit("3");
        assertThat(listed(alice, "")).containsExactly(third, first);
        assertThat(listed(alice, "?state=pending")).containsExactly(third, first);
        assertThat(listed(alice, "?node=x")).isEmpty();
        assertThat(listed(alice, "?limit=1")).containsExactly(third);
        assertThat(listed(bob, "")).containsExactly(second);
        assertThat(listed(admin, "")).containsExactly(third, second, first);
    }

    @Test
    void lists_can_be_of_one_client_and_nobody_sees_more_by_it() {
        String first = alice.submit("1");
        String second = bob.submit("2");
        String third = alice.submit("3");
        String ofAlice = "client=" + aliceId;
        assertThat(listed(admin, "?" + ofAlice)).containsExactly(third, first);
        assertThat(listed(admin, "?state=pending&" + ofAlice)).containsExactly(third, first);
        assertThat(listed(admin, "?client=key-000000000000")).isEmpty();
        assertThat(listed(alice, "?" + ofAlice)).containsExactly(third, first);
        assertThat(listed(bob, "?" + ofAlice)).isEmpty();
        assertThat(listed(admin, "?id=" + second + "&" + ofAlice)).isEmpty();
        assertThat(bob.get("/jobs?state=over&" + ofAlice).status()).isEqualTo(400);
    }

    @Test
    void a_key_that_reads_sees_all_jobs_or_those_of_the_key_that_it_was_made_for() {
        String first = alice.submit("1");
        String second = bob.submit("2");
        BrokerUnderTest auditor = broker.as(admin.key("read"));
        Reply made = admin.post("/keys", Map.of("role", "read", "for", aliceId));
        BrokerUnderTest assistant = broker.as(made.text("key"));
        assertThat(listed(auditor, "")).containsExactly(second, first);
        assertThat(listed(assistant, "")).containsExactly(first);
        assertThat(assistant.state(first)).isEqualTo("pending");
        assertThat(assistant.get("/status/" + second).text("code")).isEqualTo("unknown_job");
        Reply submit = assistant.post("/submit", Map.of("code", "x"));
        assertThat(submit.status()).isEqualTo(403);
        assertThat(submit.text("code")).isEqualTo("role_refused");
        assertThat(auditor.post("/cancel/" + first, Map.of()).status()).isEqualTo(403);
    }

    @Test
    void equal_idempotency_keys_of_two_clients_are_two() {
        String first = submitAs(alice);
        String second = submitAs(bob);
        assertThat(second).isNotEqualTo(first);
        assertThat(submitAs(alice)).isEqualTo(first);
        assertThat(listed(bob, "?key=mine")).containsExactly(second);
    }

    private static String submitAs(BrokerUnderTest caller) {
        return caller.send(caller.request("/submit")
                        .header("Idempotency-Key", "mine")
                        .header("Content-Type", "application/json")
                        .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{\"code\": \"x\"}")))
                .text("job_id");
    }
}
