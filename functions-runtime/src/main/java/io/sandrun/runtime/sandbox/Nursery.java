package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.linux.Descriptor;
import io.sandrun.runtime.linux.LinuxException;
import io.sandrun.runtime.linux.NativeBuffer;
import io.sandrun.runtime.linux.Pipe;
import io.sandrun.runtime.linux.Poll;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A template sandbox with a zygote in it, and the resident of the sandboxes whose jobs are forked from that. It starts
 * by itself while its slot is idle; see {@code zygote.c}. One thread at a time. Closing it ends all that is in it.
 */
public final class Nursery implements AutoCloseable {
    /**
     * What every zygote is made of.
     *
     * @param filter of system calls
     * @param library zygote.so
     * @param script hatch.py
     */
    @SuppressWarnings("ArrayRecordComponent") // held, never compared
    public record Tools(byte[] filter, byte[] library, byte[] script) {}

    /**
     * The children of one zygote share the seed of its hashes, which a process draws once. So none has many, and none
     * is used for long.
     */
    private static final int MOST_JOBS = 500;

    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(15);

    /** Said once, as one line, with the names of the variables that were looked at. */
    private static final String READY = "ready";

    private static final int WORDS_BYTES = 4096;

    /** Above the most that hatch.py says. */
    private static final int LINE_BYTES = 32 * 1024;

    private final PreparedSandbox template;
    private final Descriptor words;
    private final Descriptor complaints;
    private final PlanMemory plans;
    private final NativeBuffer buffer = NativeBuffer.ofSize(WORDS_BYTES);
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private final long startNanos = System.nanoTime();
    private @Nullable Resident resident;
    private Set<String> lookedAt = Set.of();
    private int jobs;

    private Nursery(PreparedSandbox template, Descriptor words, Descriptor complaints, Identity identity) {
        this.template = template;
        this.words = words;
        this.complaints = complaints;
        this.plans = new PlanMemory(identity, HostFiles.real(), Map.of());
    }

    /** Has one made, and does not wait until it is ready. */
    static Nursery start(Resident outer, ZygoteKind kind, Identity identity, Tools tools) throws IOException {
        long id = outer.nextId();
        Map<String, byte[]> files = Map.of(ZygoteKind.LIBRARY, tools.library(), ZygoteKind.SCRIPT, tools.script());
        byte[] plan = Layout.plan(id, identity, kind.template(), HostFiles.real(), files);
        byte[] nurse = Launch.nurse(kind.command(), kind.variables(), identity, tools.filter());
        PreparedSandbox template = outer.request(id, plan);
        Pipe stdout = null;
        Pipe stderr = null;
        try (Pipe stdin = Pipe.toWrite()) {
            stdout = Pipe.toRead();
            stderr = Pipe.toRead();
            template.go(nurse, stdin, stdout, stderr);
            return new Nursery(template, stdout.reader(), stderr.reader(), identity);
        } catch (IOException e) {
            if (stdout != null) {
                stdout.close();
            }
            if (stderr != null) {
                stderr.close();
            }
            template.close();
            throw e;
        }
    }

    boolean isReady() {
        return resident != null;
    }

    /** At which variables its imports have looked; known when it is ready, and often when it never will be. */
    Set<String> lookedAt() {
        return lookedAt;
    }

    /**
     * Waits until jobs can be forked; false when that is still to come after so long.
     *
     * @throws IOException when they never will be, with what the interpreter said about it
     */
    boolean awaitReady(int patienceMs) throws IOException {
        template.awaitPrepared();
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMs);
        try (Poll poll = new Poll()) {
            poll.watch(words);
            while (!isLine()) {
                int count = words.read(buffer);
                long remainingMs = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
                if (count == 0 || heard.size() > LINE_BYTES) {
                    throw notReady();
                }
                if (count > 0) {
                    heard.writeBytes(buffer.first(count));
                } else if (remainingMs > 0) {
                    poll.await((int) remainingMs);
                } else {
                    return false;
                }
            }
        }
        List<String> said =
                List.of(heard.toString(StandardCharsets.UTF_8).strip().split(" "));
        lookedAt = Set.copyOf(said.subList(1, said.size()));
        if (!said.get(0).equals(READY)) {
            throw notReady();
        }
        resident = Resident.inside(template.socket());
        return true;
    }

    /** Nothing follows: only who is asked for jobs goes on. */
    private boolean isLine() {
        return heard.size() > 0 && heard.toByteArray()[heard.size() - 1] == '\n';
    }

    private IOException notReady() throws IOException {
        template.hear(); // if a step has failed, it is told here
        int count = complaints.read(buffer);
        String said = count > 0 ? new String(buffer.first(count), StandardCharsets.UTF_8) : "it said nothing";
        // Of a traceback the last line says it; and what it says may be a package's words.
        String last = said.strip().lines().reduce((line, next) -> next).orElse("");
        return new IOException("the zygote did not get ready: " + last.replaceAll("\\p{Cntrl}", "?"));
    }

    /** Whether jobs can still be forked: its zygote says nothing any more until it is gone. */
    boolean isAlive() {
        try {
            return resident != null && resident.isUsable() && words.read(buffer) < 0;
        } catch (LinuxException e) {
            return false;
        }
    }

    boolean isWorn() {
        return jobs >= MOST_JOBS || System.nanoTime() - startNanos > LONGEST_NANOS;
    }

    /** A sandbox whose job is forked. Only of one that is ready. */
    PreparedSandbox request(Layout.Wanted wanted) throws IOException {
        if (resident == null) {
            throw new IllegalStateException("the zygote is not ready");
        }
        jobs++;
        long id = resident.nextId();
        return resident.request(id, plans.plan(id, wanted));
    }

    @Override
    public void close() {
        template.end();
        words.close();
        complaints.close();
        buffer.close();
    }
}
