package io.sandrun.node.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.node.policy.PauseFile.Pause;
import io.sandrun.node.policy.PolicyState.Page;
import io.sandrun.protocol.ClosedCause;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyLoopTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String GIVEN_BACK = "given back";
    private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");

    private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
    private final BlockingQueue<Object> told = new LinkedBlockingQueue<>();
    private Path directory;
    private Path power;
    private PauseFile pauses;
    private @Nullable Thread thread;

    @BeforeEach
    void place(@TempDir Path root) throws IOException {
        directory = Files.createDirectories(root.resolve("node"));
        power = root.resolve("power");
        Files.createDirectories(power.resolve("BAT0"));
        pauses = new PauseFile(directory);
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (thread != null) {
            thread.interrupt();
            thread.join();
        }
    }

    private void write(String policy) throws IOException {
        OwnersFile.write(directory.resolve("policy.json"), policy.getBytes(StandardCharsets.UTF_8));
    }

    private @Nullable Closure start() throws IOException {
        Surroundings around = new Surroundings(now::get, power, directory, Duration.ofMillis(20));
        PolicyLoop loop = new PolicyLoop(null, directory, around);
        Closure first = loop.ruling().closure();
        thread = new Thread(() -> loop.run(new PolicyLoop.Heed() {
            @Override
            public void changed(Ruling ruling) {
                told.add(ruling);
            }

            @Override
            public void giveBack() {
                told.add(GIVEN_BACK);
            }
        }));
        thread.start();
        return first;
    }

    private Object next() throws InterruptedException {
        return Objects.requireNonNull(told.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS), "nothing was told");
    }

    private Ruling nextRuling() throws InterruptedException {
        return (Ruling) next();
    }

    private Closure nextClosure() throws InterruptedException {
        return Objects.requireNonNull(nextRuling().closure());
    }

    @Test
    void without_a_policy_everything_goes() throws Exception {
        assertThat(start()).isNull();
        write("{\"max_load\": 5, \"on_battery\": true}");
        assertThat(nextRuling().policy().maxLoad()).as("until there is one").isEqualTo(5);
    }

    @Test
    void a_policy_that_cannot_be_read_is_no_beginning() throws Exception {
        write("{\"hours\": \"always\"}");
        assertThatThrownBy(this::start).isInstanceOf(PolicyException.class).hasMessageContaining("\"hours\"");
    }

    @Test
    void hours_open_and_close_by_the_clock() throws Exception {
        write("{\"hours\": [\"18:00-08:00\"], \"time_zone\": \"UTC\"}");
        Closure first = Objects.requireNonNull(start());
        assertThat(first.cause()).isEqualTo(ClosedCause.HOURS);
        assertThat(first.until()).isEqualTo(Instant.parse("2026-11-26T18:00:00Z"));

        now.set(Instant.parse("2026-11-26T18:00:00Z"));
        assertThat(nextRuling().isOpen()).isTrue();
        now.set(Instant.parse("2026-11-27T08:00:00Z"));
        assertThat(nextClosure().until()).isEqualTo(Instant.parse("2026-11-27T18:00:00Z"));
    }

    @Test
    void a_laptop_that_is_unplugged_takes_no_work() throws Exception {
        write("{}");
        assertThat(start()).isNull();
        Files.writeString(power.resolve("BAT0/type"), "Battery\n");
        Files.writeString(power.resolve("BAT0/status"), "Discharging\n");
        assertThat(nextClosure().cause()).isEqualTo(ClosedCause.BATTERY);
        write("{\"on_battery\": true}");
        assertThat(nextRuling().isOpen()).isTrue();
    }

    @Test
    void a_disk_that_is_nearly_full_is_not_filled_further() throws Exception {
        write("{\"keep_free_disk_mb\": 1073741824}");
        Closure first = Objects.requireNonNull(start());
        assertThat(first.cause()).isEqualTo(ClosedCause.DISK);
        assertThat(first.words()).contains("short of disk").contains("1073741824 to keep");
    }

    @Test
    void where_the_load_cannot_be_told_it_is_too_high() throws Exception {
        write("{\"max_load\": 100}");
        Closure first = Objects.requireNonNull(start());
        assertThat(first.cause()).isEqualTo(ClosedCause.LOAD);
    }

    @Test
    void a_pause_ends_by_itself_or_by_hand_and_comes_before_all_else() throws Exception {
        write("{\"hours\": [\"18:00-08:00\"], \"time_zone\": \"UTC\", \"on_battery\": false}");
        Instant evening = Instant.parse("2026-11-26T20:00:00Z");
        pauses.pause(new Pause(evening, false));
        Closure first = Objects.requireNonNull(start());
        assertThat(first.cause()).isEqualTo(ClosedCause.PAUSED);
        assertThat(first.until()).isEqualTo(evening);

        now.set(evening);
        assertThat(nextRuling().isOpen()).isTrue();
        pauses.pause(new Pause(null, false));
        assertThat(nextClosure().until()).isNull();
        assertThat(pauses.resume()).isTrue();
        assertThat(nextRuling().isOpen()).isTrue();
        assertThat(pauses.resume()).isFalse();
    }

    @Test
    void a_pause_that_cannot_be_read_has_no_end() throws Exception {
        Files.writeString(directory.resolve("pause.json"), "{\"until\": \"soon\"}");
        Closure first = Objects.requireNonNull(start());
        assertThat(first.cause()).isEqualTo(ClosedCause.PAUSED);
        assertThat(first.until()).isNull();
    }

    @Test
    void nor_has_one_of_broken_bytes_or_one_that_leads_nowhere_or_one_until_a_year_of_six_digits() throws Exception {
        Path file = directory.resolve("pause.json");
        Files.write(file, new byte[] {0, '{', 0, 0});
        assertThat(pauses.at(NOON)).contains(new Pause(null, false));
        Files.writeString(file, "{\"until\": 1764158400000, \"give_back\": true}");
        assertThat(pauses.at(NOON)).contains(new Pause(null, true));
        Files.delete(file);
        Files.createSymbolicLink(file, directory.resolve("elsewhere"));
        assertThat(pauses.at(NOON)).contains(new Pause(null, false));
    }

    @Test
    void what_runs_is_not_stopped_only_since_the_load_has_not_been_told_yet() throws Exception {
        start();
        write("{\"when_closed\": \"give_back\", \"max_load\": 100, \"on_battery\": true}");
        Closure closure = nextClosure();
        assertThat(closure.cause()).isEqualTo(ClosedCause.LOAD);
        assertThat(closure.giveBackAfter()).isEqualTo(Duration.ofSeconds(60));
        now.set(NOON.plusSeconds(60));
        assertThat(next()).as("but where it is never told").isEqualTo(GIVEN_BACK);
    }

    @Test
    void jobs_are_given_back_when_their_grace_is_over() throws Exception {
        write("{\"when_closed\": \"give_back\", \"grace_seconds\": 60}");
        start();
        pauses.pause(new Pause(null, false));
        assertThat(nextClosure().giveBackAfter()).isEqualTo(Duration.ofSeconds(60));
        now.set(NOON.plusSeconds(59));
        pauses.resume();
        assertThat(nextRuling().isOpen())
                .as("in time, so that nothing is given back")
                .isTrue();

        pauses.pause(new Pause(null, false));
        nextClosure();
        now.set(NOON.plusSeconds(59 + 60));
        assertThat(next()).isEqualTo(GIVEN_BACK);
    }

    @Test
    void whoever_wants_the_machine_at_once_gets_it_at_once() throws Exception {
        write("{\"when_closed\": \"finish\"}");
        start();
        pauses.pause(new Pause(null, false));
        assertThat(nextClosure().giveBackAfter()).isNull();
        pauses.pause(new Pause(null, true));
        assertThat(nextClosure().giveBackAfter()).isEqualTo(Duration.ZERO);
        assertThat(next()).isEqualTo(GIVEN_BACK);
    }

    @Test
    void the_owners_commands_are_told_how_it_stands() throws Exception {
        PolicyState state = new PolicyState(directory);
        assertThat(state.read()).isEmpty();
        write("{\"memory_mb\": 4096}");
        start();
        Page open = state.read().orElseThrow();
        assertThat(open.takesWork()).isTrue();
        assertThat(open.policyFile()).isEqualTo(directory.resolve("policy.json").toString());
        assertThat(open.policy().path("memory_mb").asInt()).isEqualTo(4096);

        write("{\"memory_mb\": \"much\"}");
        Page wrong = state.await(page -> !page.fault().isEmpty(), PATIENCE).orElseThrow();
        assertThat(wrong.fault()).contains("\"memory_mb\" must be whole MiB");
        assertThat(wrong.policy()).as("what is in force").isEqualTo(open.policy());
        pauses.pause(new Pause(null, false));
        Page paused = state.await(page -> !page.takesWork(), PATIENCE).orElseThrow();
        assertThat(Objects.requireNonNull(paused.closed()).code()).isEqualTo("paused");

        stop();
        assertThat(state.read()).as("of a node that has stopped").isEmpty();
        Files.writeString(directory.resolve("policy-state.json"), "{}");
        assertThat(state.read()).as("of nobody").isEmpty();
    }
}
