package io.sandrun.node.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.node.attempt.HeldAttempt;
import io.sandrun.node.install.InstallPlaces.Place;
import io.sandrun.protocol.JobFiles;
import io.sandrun.protocol.JobLimits;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.runtime.install.InstallLimits;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class InstallPlacesTest {
    private static final long GIB = 1L << 30;
    private static final long PATIENCE_SECONDS = 30;

    private static HeldAttempt attempt(String leaseId) {
        JobLimits limits = new JobLimits(1, null, 64, 8, 8, 0);
        return new HeldAttempt(new ClaimedJob(
                "pool-1", leaseId, 1, "1", "python3", List.of(), Map.of(), "", limits, null, JobFiles.NONE));
    }

    private static Place atOnce(InstallPlaces places) throws IOException {
        return places.take(attempt("lease"), () -> {
            throw new AssertionError("there is one");
        });
    }

    /** Asks in a thread of its own, and returns when it waits. */
    private static CompletableFuture<Place> waiting(InstallPlaces places, HeldAttempt attempt) throws Exception {
        CountDownLatch full = new CountDownLatch(1);
        CompletableFuture<Place> taken = CompletableFuture.supplyAsync(() -> {
            try {
                return places.take(attempt, full::countDown);
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            }
        });
        assertThat(full.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        return taken;
    }

    @Test
    void who_finds_no_place_gets_the_first_that_is_left() throws Exception {
        InstallPlaces places = new InstallPlaces(2);
        Place first = atOnce(places);
        Place second = atOnce(places);
        CompletableFuture<Place> third = waiting(places, attempt("third"));
        assertThat(third).isNotDone();
        second.close();
        third.get(PATIENCE_SECONDS, TimeUnit.SECONDS).close();
        first.close();
        try (Place one = atOnce(places);
                Place other = atOnce(places)) {
            assertThat(one).isNotSameAs(other);
        }
    }

    @Test
    void who_is_not_wanted_any_more_takes_no_place_with_it() throws Exception {
        InstallPlaces places = new InstallPlaces(1);
        Place first = atOnce(places);
        HeldAttempt unwanted = attempt("unwanted");
        CompletableFuture<Place> second = waiting(places, unwanted);
        CompletableFuture<Place> third = waiting(places, attempt("third"));
        unwanted.cancel();
        assertThatThrownBy(() -> second.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .isInstanceOfAny(CancellationException.class, ExecutionException.class);
        assertThat(places.waiting()).isEqualTo(1);
        first.close();
        third.get(PATIENCE_SECONDS, TimeUnit.SECONDS).close();
        atOnce(places).close();
    }

    @Test
    void a_machine_has_places_for_half_of_its_memory() {
        assertThat(InstallChoice.PUBLIC.places(24 * GIB)).isEqualTo(4);
        assertThat(InstallChoice.PUBLIC.places(6 * GIB)).isEqualTo(1);
        assertThat(InstallChoice.NONE.places(24 * GIB)).isEqualTo(1);
    }

    @Test
    void where_memory_is_little_one_installation_has_less() {
        assertThat(limitsOn(6 * GIB)).isEqualTo(InstallChoice.DEFAULT_LIMITS);
        InstallLimits small = limitsOn(3 * GIB);
        assertThat(small.machineBytes()).isEqualTo(3 * GIB / 2);
        assertThat(small.memoryBytes()).isEqualTo(GIB / 2);
        assertThat(InstallChoice.PUBLIC.on(3 * GIB).places(3 * GIB)).isEqualTo(1);
        assertThat(limitsOn(0)).as("of a kernel that does not tell").isEqualTo(InstallChoice.DEFAULT_LIMITS);
    }

    private static InstallLimits limitsOn(long machineBytes) {
        return InstallChoice.PUBLIC.on(machineBytes).settings().orElseThrow().limits();
    }
}
