package io.sandrun.runtime.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.runtime.linux.Ids;
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
        }
    }
}
