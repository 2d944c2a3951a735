package io.sandrun.broker.claim;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.FreshId;
import io.sandrun.broker.SettableClock;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.broker.pool.Pool;
import io.sandrun.broker.requirement.RequirementClass;
import io.sandrun.broker.store.Store;
import io.sandrun.protocol.Capabilities;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of the claims that wait is given a job. */
class IdleClaimsTest {
    private static final int SLOTS = 4;

    private final SettableClock clock = new SettableClock();
    private final IdleClaims idle = new IdleClaims(claim -> (SLOTS - claim.slots) / (double) SLOTS);
    private Store store;
    private NodeRegistry registry;

    @BeforeEach
    void open(@TempDir Path directory) {
        store = Store.open(directory.resolve("test.db"), clock);
        registry = new NodeRegistry(store, clock, new FreshId(clock), Duration.ofSeconds(15), Pool.open());
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Node node(String publicKey, String interpreter) {
        Capabilities offered = Capabilities.of(List.of(interpreter), 2, 1024, SLOTS);
        return answer(registry.register(
                publicKey, new Node.Profile(publicKey, "", offered), new Node.Origin(null, "127.0.0.1")));
    }

    private ParkedClaim parked(Node node, int slots) {
        ParkedClaim claim = new ParkedClaim(node, slots);
        idle.add(claim);
        return claim;
    }

    private Optional<ParkedClaim> takeBest(RequirementClass needs, Predicate<Node> mayWork) {
        Optional<ParkedClaim> best = idle.best(needs, mayWork);
        best.ifPresent(idle::remove);
        return best;
    }

    private static RequirementClass needs(String interpreter) {
        return RequirementClass.parse(
                "{\"interpreter\":\"" + interpreter + "\",\"memory_mb\":16,\"disk_mb\":1,\"cores\":0,"
                        + "\"gpu\":{\"count\":0,\"vram_mb\":0},\"labels\":{},\"isolation\":[],\"features\":[]}");
    }

    private static RequirementClass needsNode(String name) {
        return RequirementClass.parse("{\"interpreter\":\"ruby\",\"memory_mb\":16,\"disk_mb\":1,\"cores\":0,"
                + "\"gpu\":{\"count\":0,\"vram_mb\":0},\"labels\":{},\"isolation\":[],\"features\":[],\"node\":\""
                + name + "\"}");
    }

    @Test
    void the_least_loaded_comes_first_whatever_it_offers_and_of_equals_the_one_that_waits_longest() {
        ParkedClaim busy = parked(node("busy", "ruby"), 1);
        ParkedClaim first = parked(node("first", "ruby"), SLOTS);
        ParkedClaim python = parked(node("other", "python3"), SLOTS);
        ParkedClaim second = parked(node("second", "ruby"), SLOTS);
        assertThat(takeBest(needs("ruby"), node -> true)).contains(first);
        assertThat(takeBest(needs("ruby"), node -> true)).contains(second);
        assertThat(takeBest(needs("ruby"), node -> true)).contains(busy);
        assertThat(takeBest(needs("ruby"), node -> true)).isEmpty();
        assertThat(idle.takeAll()).containsExactly(python);
    }

    @Test
    void a_job_looks_at_one_node_of_those_that_are_alike() {
        for (int count = 0; count < 500; count++) {
            parked(node("key " + count, "ruby"), SLOTS);
        }
        AtomicInteger asked = new AtomicInteger();
        assertThat(takeBest(needs("ruby"), node -> asked.incrementAndGet() > 0)).isPresent();
        assertThat(asked).hasValue(1);
    }

    @Test
    void a_node_that_may_not_work_is_passed_over() {
        ParkedClaim silent = parked(node("silent", "ruby"), SLOTS);
        ParkedClaim alive = parked(node("alive", "ruby"), 1);
        assertThat(takeBest(needs("ruby"), node -> node != silent.node)).contains(alive);
        assertThat(idle.remove(silent)).isTrue();
        assertThat(idle.remove(alive)).isFalse();
    }

    @Test
    void a_job_for_one_node_finds_it_by_its_id_and_by_its_public_key() {
        parked(node("other", "ruby"), SLOTS);
        Node wanted = node("wanted", "ruby");
        ParkedClaim one = parked(wanted, 1);
        ParkedClaim two = parked(wanted, 1);
        assertThat(takeBest(needsNode(wanted.id()), node -> true)).contains(one);
        assertThat(takeBest(needsNode("wanted"), node -> true)).contains(two);
        assertThat(takeBest(needsNode("wanted"), node -> true)).isEmpty();
        assertThat(takeBest(needsNode("nobody"), node -> true)).isEmpty();
    }

    @Test
    void a_node_that_offers_something_else_since_it_claimed_does_not_hide_those_behind_it() {
        ParkedClaim changed = parked(node("changed", "ruby"), SLOTS);
        ParkedClaim same = parked(node("same", "ruby"), SLOTS);
        node("changed", "python3");
        assertThat(takeBest(needs("ruby"), node -> true)).contains(same);
        assertThat(idle.take(changed.node)).containsExactly(changed);
        assertThat(idle.takeAll()).isEmpty();
    }
}
