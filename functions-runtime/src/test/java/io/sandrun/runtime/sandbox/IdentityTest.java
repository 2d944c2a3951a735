package io.sandrun.runtime.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.runtime.linux.Ids;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IdentityTest {
    @Test
    void an_ordinary_user_is_mapped_to_itself_alone() {
        Identity identity = Identity.ofSlot(new Ids(501, 20), 4711, 3);
        assertThat(identity.setgroups()).isEqualTo("deny");
        assertThat(identity.uidMap(Room.PLAIN)).isEqualTo("1000 501 1\n");
        assertThat(identity.gidMap(Room.PLAIN)).isEqualTo("1000 20 1\n");
    }

    @Test
    void root_gives_every_slot_ids_that_no_other_slot_or_agent_has() {
        Set<Integer> ids = new HashSet<>();
        for (long agent : new long[] {1, 2, 4711, 65535}) {
            for (int slot = 0; slot < 1024; slot++) {
                Identity identity = Identity.ofSlot(new Ids(0, 0), agent, slot);
                assertThat(ids.add(identity.hostRootId())).isTrue();
                assertThat(ids.add(identity.hostJobUid())).isTrue();
                assertThat(identity.hostRootId()).isGreaterThanOrEqualTo(0x70000000);
            }
            Identity zygotes = Identity.ofZygotes(new Ids(0, 0), agent);
            for (int id : new int[] {zygotes.hostRootId(), zygotes.hostJobUid(), zygotes.hostRootId() + 2}) {
                assertThat(ids.add(id)).isTrue();
            }
        }
    }

    @Test
    void a_job_below_a_template_is_who_it_is_elsewhere() {
        String template = Identity.ofZygotes(new Ids(0, 0), 4711).uidMap(Room.TEMPLATE);
        for (int slot : new int[] {0, 3, 1023}) {
            Identity identity = Identity.ofSlot(new Ids(0, 0), 4711, slot);
            int[] line = numbers(identity.uidMap(Room.NESTED).lines().toList().get(1));
            assertThat(line[0]).isEqualTo(1000);
            assertThat(outside(template, line[1])).isEqualTo(identity.hostJobUid());
            assertThat(outside(template, 0)).isNotEqualTo(identity.hostRootId());
        }
    }

    /** Who it is for the parent of the user namespace with that map. */
    private static int outside(String map, int inside) {
        return map.lines()
                .map(IdentityTest::numbers)
                .filter(line -> inside >= line[0] && inside < line[0] + line[2])
                .mapToInt(line -> line[1] + inside - line[0])
                .findFirst()
                .orElseThrow();
    }

    private static int[] numbers(String line) {
        return Arrays.stream(line.split(" ", -1)).mapToInt(Integer::parseInt).toArray();
    }
}
