package io.sandrun.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * beanstalkd with a log that is synced after each write. It keeps no results, knows no needs and speaks lines instead
 * of HTTP: the least that a durable queue can do.
 */
final class Beanstalkd implements Peer {
    static final String PROGRAM = "beanstalkd";

    private static final String SYNC_EACH_WRITE = "-f0";
    private static final int SECONDS_TO_RUN = 60;

    private final PeerProcess process;
    private final int port;

    Beanstalkd(Path program, Path directory) throws IOException {
        port = PeerProcess.freePort();
        process = PeerProcess.start(
                port,
                List.of(
                        program.toString(),
                        "-l",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(port),
                        "-b",
                        directory.toString(),
                        SYNC_EACH_WRITE));
    }

    @Override
    public String name() {
        return PROGRAM + " -b " + SYNC_EACH_WRITE;
    }

    @Override
    public Session connect() throws IOException {
        return new Talk(new LineConnection(port));
    }

    @Override
    public void close() {
        process.close();
    }

    private record Talk(LineConnection connection) implements Session {
        @Override
        public void submit(String job) throws IOException {
            int bytes = job.getBytes(StandardCharsets.UTF_8).length;
            connection.send("put 0 0 " + SECONDS_TO_RUN + " " + bytes + "\r\n" + job + "\r\n");
            connection.expect("INSERTED");
        }

        @Override
        public boolean work() throws IOException {
            connection.send("reserve-with-timeout 1\r\n");
            String answer = connection.readLine();
            if (answer.equals("TIMED_OUT")) {
                return false;
            }
            String[] words = answer.split(" ", 3);
            if (!words[0].equals("RESERVED")) {
                throw new IOException("expected a job and was told " + answer);
            }
            connection.readLine();
            connection.send("delete " + words[1] + "\r\n");
            connection.expect("DELETED");
            return true;
        }

        @Override
        public void close() throws IOException {
            connection.close();
        }
    }
}
