package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of jobs. */
class JobListTest {
    @TempDir
    private Path directory;

    private final SettableClock clock = new SettableClock();

    @AutoClose
    private BrokerUnderTest broker;

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory, settings -> settings, clock);
    }

    private JsonNode page(String query) {
        Reply reply = broker.get("/jobs" + query);
        assertThat(reply.status()).as("%s", reply.body()).isEqualTo(200);
        return reply.body();
    }

    private List<String> ids(String query) {
        return ids(page(query));
    }

    private static List<String> ids(JsonNode page) {
        List<String> ids = new ArrayList<>();
        page.path("jobs").forEach(job -> ids.add(job.path("job_id").asText()));
        return ids;
    }

    private List<String> submitMany(int count) {
        List<Map<String, String>> jobs = IntStream.range(0, count)
                .mapToObj(number -> Map.of("code", "print(" + number + ")"))
                .toList();
        Reply reply = broker.post("/submit/batch", Map.of("jobs", jobs));
        List<String> ids = ids(reply.body());
        Collections.reverse(ids);
        return ids;
    }

    @Test
    void no_jobs_are_an_empty_list() {
        assertThat(page("").path("jobs")).isEmpty();
        assertThat(page("").path("cursor").isNull()).isTrue();
    }

    @Test
    void pages_hold_every_job_once_the_newest_first_while_more_arrive() {
        List<String> newestFirst = submitMany(23);
        JsonNode page = page("?limit=5");
        broker.submit("print('later')");
        List<String> seen = new ArrayList<>(ids(page));
        while (!page.path("cursor").isNull()) {
            page = page("?limit=5&cursor=" + page.path("cursor").asText());
            seen.addAll(ids(page));
        }
        assertThat(seen).isEqualTo(newestFirst);
    }

    @Test
    void a_list_without_a_limit_has_fifty() {
        submitMany(60);
        assertThat(ids("")).hasSize(50);
    }

    @Test
    void filters_find_their_jobs_and_no_others() {
        ScriptedNode one = ScriptedNode.register(broker, "one", Map.of("labels", Map.of("zone", "a")));
        String labelled = broker.submit(Map.of("code", "1", "labels", Map.of("zone", "a")));
        one.complete(one.claimOne(), "1");
        String failed = broker.submit(Map.of("code", "2", "interpreter", "bash"));
        one.report(one.claimOne(), "exit_nonzero", "", 1);
        String cancelled = broker.submit("3");
        broker.send(broker.request("/jobs/" + cancelled).DELETE());
        String assigned = broker.submit("4");
        one.claimOne();
        String pending = broker.submit("5");

        assertThat(ids("")).containsExactly(pending, assigned, cancelled, failed, labelled);
        assertThat(ids("?state=pending")).containsExactly(pending);
        assertThat(ids("?state=assigned")).containsExactly(assigned);
        assertThat(ids("?state=running")).isEmpty();
        assertThat(ids("?state=completed")).containsExactly(labelled);
        assertThat(ids("?state=cancelled")).containsExactly(cancelled);
        assertThat(ids("?status=failed")).containsExactly(cancelled, failed);
        assertThat(ids("?status=completed")).containsExactly(labelled);
        assertThat(ids("?interpreter=bash")).containsExactly(failed);
        assertThat(ids("?interpreter=python")).hasSize(4).doesNotContain(failed);
        assertThat(ids("?label=" + URLEncoder.encode("zone=a", StandardCharsets.UTF_8)))
                .containsExactly(labelled);
        assertThat(ids("?label=zone=b")).isEmpty();
        assertThat(ids("?node=" + one.id())).containsExactly(assigned, failed, labelled);
        assertThat(ids("?node=" + one.id() + "&state=failed")).containsExactly(failed);
        assertThat(ids("?node=nobody")).isEmpty();
        assertThat(ids("?code=exit_nonzero")).containsExactly(failed);
        assertThat(ids("?code=exit_nonzero&interpreter=python")).isEmpty();
        assertThat(ids("?code=ok")).containsExactly(labelled);
        assertThat(ids("?code=cancelled")).containsExactly(cancelled);
        assertThat(ids("?code=timed_out")).isEmpty();
        assertThat(ids("?id=" + pending)).containsExactly(pending);
        assertThat(ids("?id=" + pending.substring(0, pending.length() - 1))).containsExactly(pending);
        assertThat(ids("?id=pool-&state=failed")).containsExactly(failed);
        assertThat(ids("?id=pool-0-none")).isEmpty();
    }

    @Test
    void an_environment_finds_the_jobs_that_name_it() {
        broker.submit("1");
        String named = broker.submit(Map.of("code", "2", "environment", "ml-basic"));
        broker.submit(Map.of("code", "3", "environment", "other"));
        assertThat(ids("?environment=ml-basic")).containsExactly(named);
        assertThat(ids("?environment=ml-basic&state=pending")).containsExactly(named);
        assertThat(ids("?environment=nobody-has-it")).isEmpty();
    }

    @Test
    void jobs_that_are_looked_for_by_id_are_only_ones_own() {
        BrokerUnderTest admin = broker.as(broker.key("admin"));
        BrokerUnderTest one = admin.as(admin.key("submit"));
        String own = one.submit("1");
        String foreign = admin.submit("2");
        assertThat(ids(one.get("/jobs?id=pool-").body())).containsExactly(own);
        assertThat(ids(one.get("/jobs?id=" + foreign).body())).isEmpty();
        assertThat(ids(admin.get("/jobs?id=pool-").body())).containsExactlyInAnyOrder(own, foreign);
    }

    /** A page looks at so many rows at most, and says where to go on. */
    @Test
    void jobs_that_are_looked_for_by_id_are_found_behind_thousands_of_others() {
        BrokerUnderTest admin = broker.as(broker.key("admin"));
        BrokerUnderTest one = admin.as(admin.key("submit"));
        List<String> own = List.of(one.submit("1"), one.submit("2"));
        addForeign(20_005);
        List<String> found = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = one.get("/jobs?limit=1&id=pool-" + cursor).body();
            found.addAll(ids(page));
            cursor = page.path("cursor").isNull()
                    ? ""
                    : "&cursor=" + page.path("cursor").asText();
        } while (!cursor.isEmpty());
        assertThat(found).containsExactlyInAnyOrderElementsOf(own);
    }

    private void addForeign(int count) {
        try (Handle handle = Jdbi.open("jdbc:sqlite:" + directory.resolve(Broker.DATABASE))) {
            handle.execute("""
                    insert into jobs (
                        id, class_id, client, turn, state, interpreter, code_sha256, timeout_ms, created_at_ms,
                        ended_at_ms, outcome
                    )
                    with recursive n (i) as (select 1 union all select i + 1 from n where i < ?)
                    select 'pool-z' || i, class_id, 'somebody', 1, 'cancelled', interpreter, code_sha256, timeout_ms,
                        created_at_ms + 1, created_at_ms + 1, 'cancelled'
                    from (select * from jobs limit 1), n
                    """, count);
        }
    }

    @Test
    void times_bound_a_list_from_both_sides() {
        String early = broker.submit("1");
        clock.advance(Duration.ofMinutes(1));
        Instant middle = clock.instant();
        String atTheTime = broker.submit("2");
        clock.advance(Duration.ofMinutes(1));
        String late = broker.submit("3");
        assertThat(ids("?created_after=" + middle)).containsExactly(late, atTheTime);
        assertThat(ids("?created_before=" + middle)).containsExactly(early);
        assertThat(ids("?created_after=" + middle.getEpochSecond() + "&created_before="
                        + clock.instant().getEpochSecond()))
                .containsExactly(atTheTime);
    }

    @Test
    void an_item_tells_how_its_job_stands() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        String jobId = broker.submit(Map.of("code", "1", "priority", 7));
        node.report(node.claimOne(), "timed_out", "", 143);
        JsonNode item = page("").path("jobs").get(0);
        assertThat(item.path("job_id").asText()).isEqualTo(jobId);
        assertThat(item.path("status").asText()).isEqualTo("failed");
        assertThat(item.path("code").asText()).isEqualTo("timed_out");
        assertThat(item.path("node_id").asText()).isEqualTo(node.id());
        assertThat(item.path("priority").asInt()).isEqualTo(7);
        assertThat(item.path("attempt").asInt()).isEqualTo(1);
        assertThat(item.path("completed_at").isNumber()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=0",
                "limit=201",
                "limit=all",
                "state=done",
                "status=cancelled",
                "label=zone",
                "code=broken",
                "id=%25",
                "created_after=yesterday",
                "created_before=-1",
                "cursor=mine",
                "cursor=!",
                "stat=pending"
            })
    void a_parameter_that_means_nothing_is_refused_by_its_name(String parameter) {
        Reply reply = broker.get("/jobs?" + parameter);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body().path("details").path("field").asText())
                .isEqualTo(parameter.split("=", 2)[0]);
    }
}
