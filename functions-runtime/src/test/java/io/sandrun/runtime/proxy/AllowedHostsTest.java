package io.sandrun.runtime.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AllowedHostsTest {
    private static final String LINE_END = "\r\n";

    private static InetAddress address(String literal) {
        return Stream.of(literal)
                .map(text -> {
                    try {
                        return InetAddress.getAllByName(text)[0];
                    } catch (UnknownHostException e) {
                        throw new IllegalArgumentException(e);
                    }
                })
                .findFirst()
                .orElseThrow();
    }

    private static AllowedHosts standingFor(String entry, String... addresses) {
        return AllowedHosts.of(
                List.of(entry),
                name -> Stream.of(addresses).map(AllowedHostsTest::address).toArray(InetAddress[]::new));
    }

    private static HostPort host(String text) {
        return HostPort.parse(text, 443).orElseThrow();
    }

    @Test
    void addresses_of_this_machine_and_its_neighbours_are_not_public() {
        List<String> inside = List.of(
                "127.0.0.1",
                "127.255.255.254",
                "0.0.0.0",
                "10.0.0.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.0.1",
                "169.254.169.254",
                "100.64.0.1",
                "100.127.255.255",
                "198.18.0.1",
                "224.0.0.1",
                "239.1.1.1",
                "240.0.0.1",
                "255.255.255.255",
                "192.0.0.8",
                "::",
                "::1",
                "fe80::1",
                "fc00::1",
                "fdff::1",
                "fec0::1",
                "ff02::1",
                "::ffff:10.0.0.1",
                "::ffff:127.0.0.1",
                "::7f00:1",
                "64:ff9b::7f00:1",
                "64:ff9b::a00:1",
                "2002:7f00:1::",
                "2001:0:1::1",
                "4000::1");
        for (String literal : inside) {
            assertThat(PublicAddresses.isPublic(address(literal))).as(literal).isFalse();
        }
        List<String> outside = List.of(
                "1.1.1.1",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "172.15.255.255",
                "172.32.0.0",
                "192.167.255.255",
                "198.17.255.255",
                "223.255.255.255",
                "2606:4700::1111",
                "2a00::1",
                "64:ff9b::101:101");
        for (String literal : outside) {
            assertThat(PublicAddresses.isPublic(address(literal))).as(literal).isTrue();
        }
    }

    @Test
    void a_name_leads_to_its_public_addresses_alone() throws Exception {
        AllowedHosts hosts = standingFor("index.example:443", "10.0.0.1", "1.1.1.1", "::1");
        assertThat(hosts.addressesOf(host("INDEX.example.")))
                .containsExactly(new InetSocketAddress(address("1.1.1.1"), 443));
        assertThatThrownBy(() -> hosts.addressesOf(host("index.example:444"))).hasMessageContaining("is not a host of");
        assertThatThrownBy(() -> hosts.addressesOf(host("other.example"))).hasMessageContaining("is not a host of");
        assertThatThrownBy(() -> standingFor("index.example:443", "fd00::1").addressesOf(host("index.example")))
                .hasMessageContaining("no public address");
    }

    @Test
    void an_address_that_the_owner_wrote_down_is_reached_whatever_it_is() throws Exception {
        assertThat(standingFor("10.0.0.5:8080").addressesOf(host("10.0.0.5:8080")))
                .containsExactly(new InetSocketAddress(address("10.0.0.5"), 8080));
        assertThat(standingFor("index.lan:443=fd00::5").addressesOf(host("index.lan")))
                .containsExactly(new InetSocketAddress(address("fd00::5"), 443));
        assertThat(standingFor("localhost:3141", "127.0.0.1", "10.0.0.1").addressesOf(host("localhost:3141")))
                .containsExactly(new InetSocketAddress(address("127.0.0.1"), 3141));
    }

    @Test
    void what_names_no_host_and_port_is_refused() {
        for (String entry :
                List.of("", "host", "host:", "host:0", "host:65536", "host:1=", "host:1=name", "a b:1", "[x]:1")) {
            assertThatThrownBy(() -> AllowedHosts.of(List.of(entry)))
                    .as(entry)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_request_is_forwarded_with_its_own_headers_alone() throws Exception {
        String head = String.join(
                LINE_END,
                "GET http://Index.Example:8080/a?b HTTP/1.1",
                "Host: other",
                "Accept: text/html",
                "Proxy-Authorization: secret",
                "Connection: keep-alive");
        ProxyRequest request = ProxyRequest.parse(head.getBytes(StandardCharsets.US_ASCII));
        assertThat(request.host()).hasToString("index.example:8080");
        assertThat(new String(request.forwarded().orElseThrow(), StandardCharsets.US_ASCII).split(LINE_END, -1))
                .containsExactly(
                        "GET /a?b HTTP/1.1",
                        "Host: index.example:8080",
                        "Connection: close",
                        "Accept: text/html",
                        "",
                        "");
    }
}
