package io.sandrun.broker.http.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class SharesTest {
    private final Shares shares = new Shares(10, 4);
    private final Peer one = peer("192.0.2.1");
    private final Peer two = peer("192.0.2.2");
    private final Peer local = peer("127.0.0.1");

    private static Peer peer(String address) {
        return Peer.of(new InetSocketAddress(address, 1));
    }

    @Test
    void nobody_has_more_than_its_share_until_it_gives_some_back() {
        assertThat(shares.take(one, 4)).isTrue();
        assertThat(shares.take(one, 1)).isFalse();
        assertThat(shares.take(two, 4)).isTrue();
        shares.give(one, 2);
        assertThat(shares.take(one, 2)).isTrue();
    }

    @Test
    void all_together_have_no_more_than_there_is() {
        assertThat(shares.take(local, 8)).isTrue();
        assertThat(shares.take(one, 2)).isTrue();
        assertThat(shares.take(two, 1)).isFalse();
        assertThat(shares.take(local, 1)).isFalse();
        shares.give(local, 8);
        assertThat(shares.taken()).isEqualTo(2);
    }

    @Test
    void a_network_of_the_new_protocol_is_one_address() {
        assertThat(shares.take(peer("2001:db8::1"), 4)).isTrue();
        assertThat(shares.take(peer("2001:db8::2"), 1)).isFalse();
        assertThat(shares.take(peer("2001:db8:0:1::1"), 1)).isTrue();
    }
}
