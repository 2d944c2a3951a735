package io.sandrun.runtime;

import static io.sandrun.runtime.Guest.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.runtime.proxy.AllowedHosts;
import io.sandrun.runtime.proxy.IndexProxy;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What programs in a sandbox can do with its door, and what they cannot. Real sandboxes; run again as nobody. */
class DoorTest {
    private static final long MANY_BYTES = 64L << 20;

    /** {@code ask(text)} sends this to the door and gives all of the answer. */
    private static final String ASK = """
            import errno, os, socket, sys, time
            def door():
                s = socket.create_connection(('127.0.0.1', 3128), 60)
                s.settimeout(60)
                return s
            def rest(s):
                all = b''
                while True:
                    try:
                        some = s.recv(65536)
                    except ConnectionResetError:
                        return all
                    if not some:
                        return all
                    all += some
            def ask(text):
                with door() as s:
                    s.sendall(text.encode())
                    return rest(s).decode('latin-1')
            def status(text):
                return ask(text).split(' ')[1]
            """;

    @RegisterExtension
    static final OpenSlots SLOTS = OpenSlots.of(1);

    private static RunResult run(IndexProxy proxy, String script, String... arguments) {
        Guest guest = Guest.python(ASK + script).door(proxy);
        for (int index = 0; index < arguments.length; index++) {
            guest.file("argument" + index, arguments[index], false);
        }
        return guest.runIn(SLOTS.slot());
    }

    private static String printed(IndexProxy proxy, String script, String... arguments) {
        RunResult result = run(proxy, script, arguments);
        assertThat(result.outcome())
                .as("%s %s %s", result.reason(), text(result.stdout()), text(result.stderr()))
                .isEqualTo(Outcome.OK);
        return text(result.stdout()).strip();
    }

    private static IndexProxy to(String... hosts) {
        return new IndexProxy(AllowedHosts.of(List.of(hosts)), MANY_BYTES);
    }

    @Test
    void an_index_is_read_through_the_door() throws Exception {
        try (LoopbackIndex index = new LoopbackIndex()) {
            index.serve("/simple/", "packages".getBytes(StandardCharsets.UTF_8));
            String answer = printed(to(index.address()), """
                    host = open('argument0').read()
                    print(ask(f'GET http://{host}/simple/ HTTP/1.1\\r\\nHost: {host}\\r\\n\\r\\n'))
                    with door() as s:
                        s.sendall(f'CONNECT {host} HTTP/1.1\\r\\n\\r\\n'.encode())
                        print(s.recv(1000).decode().split(' ')[1])
                        s.sendall(f'GET /simple/ HTTP/1.1\\r\\nHost: {host}\\r\\n'.encode())
                        s.sendall(b'Connection: close\\r\\n\\r\\n')
                        print(rest(s).decode())
                    """, index.address());
            assertThat(answer).startsWith("HTTP/1.1 200").contains("\n200\n").endsWith("packages");
            assertThat(index.requests()).containsExactly("GET /simple/", "GET /simple/");
        }
    }

    @Test
    void the_host_its_neighbours_and_others_are_out_of_reach() throws Exception {
        List<String> own = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .map(InetAddress::getHostAddress)
                .map(address -> address.replaceFirst("%.*", ""))
                .map(address -> address.indexOf(':') >= 0 ? "[" + address + "]" : address)
                .toList();
        try (LoopbackIndex index = new LoopbackIndex();
                LoopbackIndex service = new LoopbackIndex()) {
            String answers = printed(
                    to(index.address(), "example.org:443"), """
                    port = open('argument0').read()
                    hosts = ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0', '127.1', '2130706433', '0x7f000001',
                             '[::ffff:127.0.0.1]', '169.254.169.254', '10.0.0.1', '192.168.1.1', '172.16.0.1',
                             '1.1.1.1', 'example.org', 'example.org.', 'user@127.0.0.1']
                    hosts += open('argument1').read().split()
                    for host in hosts:
                        for text in f'CONNECT {host}:{port} HTTP/1.1', f'GET http://{host}:{port}/ HTTP/1.1':
                            if status(text + '\\r\\n\\r\\n') not in ('403', '400'):
                                print('reached by the door', text)
                        if host.startswith('[') or host.startswith('user'):
                            continue
                        try:
                            socket.create_connection((host, int(port)), 5)
                            print('reached', host)
                        except OSError as e:
                            pass
                    print('end')
                    """, String.valueOf(service.port()), String.join(" ", own));
            assertThat(answers).isEqualTo("end");
            assertThat(service.requests()).isEmpty();
        }
    }

    @Test
    void a_name_that_comes_to_mean_the_host_leads_nowhere() throws Exception {
        AtomicInteger lookups = new AtomicInteger();
        try (LoopbackIndex service = new LoopbackIndex()) {
            List<String> meanings = List.of("127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "fd00::1", "0.0.0.0");
            AllowedHosts hosts = AllowedHosts.of(List.of("rebound.example:" + service.port()), name -> {
                String meaning = meanings.get(lookups.getAndIncrement() % meanings.size());
                return new InetAddress[] {InetAddress.getByName(meaning)};
            });
            IndexProxy proxy = new IndexProxy(hosts, MANY_BYTES);
            String answers = printed(proxy, """
                    port = open('argument0').read()
                    print({status(f'CONNECT rebound.example:{port} HTTP/1.1\\r\\n\\r\\n') for i in range(6)})
                    """, String.valueOf(service.port()));
            assertThat(answers).isEqualTo("{'403'}");
            assertThat(lookups.get()).as("each is looked up once").isEqualTo(6);
            assertThat(proxy.refusals())
                    .singleElement()
                    .asString()
                    .contains("rebound.example")
                    .contains("no public address");
            assertThat(service.requests()).isEmpty();
        }
    }

    @Test
    void a_name_that_means_several_is_connected_to_what_was_checked() throws Exception {
        try (LoopbackIndex service = new LoopbackIndex()) {
            AllowedHosts hosts = AllowedHosts.of(List.of("index.lan:" + service.port() + "=127.0.0.1"), name -> {
                throw new AssertionError("what is written down is not looked up");
            });
            String answer = printed(new IndexProxy(hosts, MANY_BYTES), """
                    port = open('argument0').read()
                    print(status(f'GET http://index.lan:{port}/ HTTP/1.1\\r\\n\\r\\n'))
                    """, String.valueOf(service.port()));
            assertThat(answer).isEqualTo("404");
            assertThat(service.requests()).containsExactly("GET /");
        }
    }

    @Test
    void a_second_request_behind_the_first_is_not_carried() throws Exception {
        try (LoopbackIndex index = new LoopbackIndex()) {
            index.serve("/one", "1".getBytes(StandardCharsets.UTF_8));
            String answer = printed(to(index.address()), """
                    host = open('argument0').read()
                    one = f'GET http://{host}/one HTTP/1.1\\r\\nHost: {host}\\r\\n\\r\\n'
                    print(ask(one + f'GET /two HTTP/1.1\\r\\nHost: {host}\\r\\n\\r\\n').count('HTTP/1.1'))
                    for head in ('Content-Length: 5', 'Transfer-Encoding: chunked', ' folded', 'no header', 'a\\tb: c'):
                        print(status(f'GET http://{host}/one HTTP/1.1\\r\\n{head}\\r\\n\\r\\n'))
                    print(status(f'POST http://{host}/one HTTP/1.1\\r\\n\\r\\n'))
                    print(status('GET /one HTTP/1.1\\r\\n\\r\\n'))
                    print(status('GET http://' + 'a' * 20000 + '/ HTTP/1.1\\r\\n\\r\\n'))
                    """, index.address());
            assertThat(answer.lines()).containsExactly("1", "400", "400", "400", "400", "400", "400", "400", "400");
            assertThat(index.requests()).containsExactly("GET /one");
        }
    }

    @Test
    void more_than_may_go_over_the_network_does_not() throws Exception {
        try (LoopbackIndex index = new LoopbackIndex()) {
            index.serve("/large", new byte[4 << 20]);
            IndexProxy proxy = new IndexProxy(AllowedHosts.of(List.of(index.address())), 1 << 20);
            String answer = printed(proxy, """
                    host = open('argument0').read()
                    print(len(ask(f'GET http://{host}/large HTTP/1.1\\r\\n\\r\\n')) < 1100000)
                    """, index.address());
            assertThat(answer).isEqualTo("True");
            assertThat(proxy.refusals()).singleElement().asString().contains("1048576 bytes");
        }
    }

    @Test
    void whoever_holds_connections_holds_nothing_up() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + silent.getLocalPort();
            Cancellation cancellation = new Cancellation();
            CountDownLatch isHeld = new CountDownLatch(1);
            RunRequest request = Guest.python(ASK + """
                            host = open('argument0').read()
                            first = door()
                            first.sendall(f'CONNECT {host} HTTP/1.1\\r\\n\\r\\n'.encode())
                            first.recv(100)
                            held = [socket.socket() for i in range(60)]
                            for s in held:
                                s.setblocking(False)
                                s.connect_ex(('127.0.0.1', 3128))
                            print('held', flush=True)
                            time.sleep(1000)
                            """)
                    .door(to(address))
                    .file("argument0", address, false)
                    .wallSeconds(50)
                    .request();
            CompletableFuture<RunResult> run = CompletableFuture.supplyAsync(
                            () -> SLOTS.slot().run(request, cancellation, (stream, bytes) -> isHeld.countDown()))
                    .whenComplete((result, failed) -> isHeld.countDown());
            assertThat(isHeld.await(45, TimeUnit.SECONDS)).isTrue();
            assertThat(run.isDone()).as(() -> String.valueOf(run.join())).isFalse();
            silent.setSoTimeout(40_000);
            try (Socket held = silent.accept()) {
                cancellation.cancel();
                held.setSoTimeout(40_000);
                assertThat(held.getInputStream().read())
                        .as("the far end is told")
                        .isEqualTo(-1);
            }
            assertThat(run.get(40, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.CANCELLED);
            for (Thread thread : Thread.getAllStackTraces().keySet()) {
                if (thread.getName().equals("sandrun-door")) {
                    thread.join(40_000);
                    assertThat(thread.isAlive())
                            .as("a thread of the door goes on")
                            .isFalse();
                }
            }
        }
    }

    @Test
    void a_host_that_cannot_be_reached_is_told_of() throws Exception {
        int free;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = gone.getLocalPort();
        }
        IndexProxy proxy = to("127.0.0.1:" + free);
        assertThat(printed(proxy, "print(status('CONNECT 127.0.0.1:" + free + " HTTP/1.1\\r\\n\\r\\n'))"))
                .isEqualTo("502");
        assertThat(proxy.outage())
                .get()
                .asString()
                .contains("127.0.0.1:" + free)
                .contains("refused");
    }

    @Test
    void nobody_but_the_agent_listens_there_and_other_sandboxes_have_no_door() {
        assertThat(printed(to(), """
                s = socket.socket()
                try:
                    s.bind(('127.0.0.1', 3128))
                    print('bound')
                except OSError as e:
                    print(errno.errorcode[e.errno])
                print(sorted(os.listdir('/proc/self/fd'))[:3])
                """)).startsWith("EADDRINUSE");
        RunResult without = Guest.python(ASK + "door()").runIn(SLOTS.slot());
        assertThat(text(without.stderr())).contains("ConnectionRefusedError");
    }

    @Test
    void a_tree_is_shown_under_its_name_and_cannot_be_written() throws Exception {
        Path tree = Files.createTempDirectory("tree");
        Files.writeString(tree.resolve("word"), "shown");
        Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("rwxrwxrwx"));
        RunResult result = Guest.sh(
                        "cat /packages/word; echo x > /packages/y; echo x > /packages/word; rm /packages/word")
                .trees(new ShownTree(tree, "/packages"))
                .runIn(SLOTS.slot());
        assertThat(text(result.stdout())).isEqualTo("shown");
        assertThat(text(result.stderr()).lines()).hasSize(3).allMatch(line -> line.contains("Read-only"));
        for (String inside : List.of("/work", "/usr", "/lib", "/..", "/a/b", "packages", "/proc", "/etc")) {
            assertThat(Guest.sh("true")
                            .trees(new ShownTree(tree, inside))
                            .runIn(SLOTS.slot())
                            .outcome())
                    .as(inside)
                    .isEqualTo(Outcome.INVALID_INPUT);
        }
    }
}
