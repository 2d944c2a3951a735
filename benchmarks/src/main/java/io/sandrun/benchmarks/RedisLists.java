package io.sandrun.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Redis with a log that is synced before each answer, used as a reliable queue by hand: a list of jobs, a list of those
 * in work, and a hash of results. No leases, no needs, no HTTP.
 */
final class RedisLists implements Peer {
    static final String PROGRAM = "redis-server";

    private static final String RESULT = "{\"output\":\"hello\\n\",\"exit_code\":0}";

    /** The answer to a wait that was in vain. */
    private static final String NOTHING = "*-1";

    private final PeerProcess process;
    private final int port;
    private final AtomicLong ids = new AtomicLong();

    RedisLists(Path program, Path directory) throws IOException {
        port = PeerProcess.freePort();
        process = PeerProcess.start(
                port,
                List.of(
                        program.toString(),
                        "--bind",
                        "127.0.0.1",
                        "--port",
                        Integer.toString(port),
                        "--dir",
                        directory.toString(),
                        "--save",
                        "",
                        "--appendonly",
                        "yes",
                        "--appendfsync",
                        "always"));
    }

    @Override
    public String name() {
        return "Redis lists, appendfsync always";
    }

    @Override
    public Session connect() throws IOException {
        return new Talk(new LineConnection(port), ids);
    }

    @Override
    public void close() {
        process.close();
    }

    private record Talk(LineConnection connection, AtomicLong ids) implements Session {
        @Override
        public void submit(String job) throws IOException {
            connection.send(command("LPUSH", "jobs", ids.incrementAndGet() + " " + job));
            connection.expect(":");
        }

        @Override
        public boolean work() throws IOException {
            connection.send(command("BLMOVE", "jobs", "running", "RIGHT", "LEFT", "1"));
            String length = connection.readLine();
            if (length.equals(NOTHING)) {
                return false;
            }
            if (!length.startsWith("$")) {
                throw new IOException("expected a job and was told " + length);
            }
            String job = connection.readLine();
            String id = job.substring(0, job.indexOf(' '));
            connection.send(command("MULTI")
                    + command("HSET", "results", id, RESULT)
                    + command("LREM", "running", "1", job)
                    + command("EXEC"));
            connection.expect("+OK");
            connection.expect("+QUEUED");
            connection.expect("+QUEUED");
            connection.expect("*2");
            connection.expect(":1");
            connection.expect(":1");
            return true;
        }

        /** A command as a list of texts of stated length. */
        private static String command(String... words) {
            StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
            for (String word : words) {
                int bytes = word.getBytes(StandardCharsets.UTF_8).length;
                text.append('$').append(bytes).append("\r\n").append(word).append("\r\n");
            }
            return text.toString();
        }

        @Override
        public void close() throws IOException {
            connection.close();
        }
    }
}
