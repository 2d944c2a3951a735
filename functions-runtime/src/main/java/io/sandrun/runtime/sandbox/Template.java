package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.cgroup.Cgroups;
import io.sandrun.runtime.cgroup.GroupLimits;
import io.sandrun.runtime.cgroup.SlotCgroup;
import io.sandrun.runtime.linux.Descriptor;
import io.sandrun.runtime.linux.LinuxException;
import io.sandrun.runtime.linux.NativeBuffer;
import io.sandrun.runtime.linux.Pipe;
import io.sandrun.runtime.linux.ProgramImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A sandbox with a zygote in it, below a resident and in a control group of its own, and what it says; see
 * {@code nursery.c}. It gets ready by itself. One thread at a time, but for who waits. Closing it ends all that is in
 * it, and so every sandbox below.
 */
final class Template implements AutoCloseable {
    /** What an import may take: more is no use to a job that has to share a machine. */
    private static final GroupLimits LIMITS = new GroupLimits((1L << 30) + (32L << 20), 80, 1);

    /** Said once, as one line, with the names of the variables that were looked at. */
    private static final String READY = "ready";

    private static final int WORDS_BYTES = 4096;

    /** Above the most that hatch.py says. */
    private static final int LINE_BYTES = 32 * 1024;

    private final Resident resident;
    private final SlotCgroup cgroup;
    private final PreparedSandbox sandbox;
    private final Descriptor words;
    private final Descriptor complaints;
    private final NativeBuffer buffer = NativeBuffer.ofSize(WORDS_BYTES);
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private Set<String> lookedAt = Set.of();

    /**
     * What every one is made of.
     *
     * @param program sandbox-init
     * @param filter of system calls, for zygotes
     */
    @SuppressWarnings("ArrayRecordComponent") // held, never compared
    record Tools(ProgramImage program, Cgroups cgroups, Identity identity, byte[] filter, ZygoteFiles files) {}

    private Template(
            Resident resident, SlotCgroup cgroup, PreparedSandbox sandbox, Descriptor words, Descriptor complaints) {
        this.resident = resident;
        this.cgroup = cgroup;
        this.sandbox = sandbox;
        this.words = words;
        this.complaints = complaints;
    }

    /**
     * Has one made, and does not wait until it is ready.
     *
     * @param number that no other has had
     */
    static Template start(Tools tools, ZygoteKind kind, int number) throws IOException {
        SlotCgroup cgroup = group(tools, number);
        Resident resident = null;
        try {
            resident = Resident.start(tools.program());
            cgroup.admit(resident.pid());
            cgroup.limit(LIMITS);
            return start(tools, kind, resident, cgroup);
        } catch (IOException e) {
            if (resident != null) {
                resident.close();
            }
            cgroup.close();
            throw e;
        }
    }

    private static SlotCgroup group(Tools tools, int number) throws IOException {
        try {
            return tools.cgroups().zygote(number);
        } catch (UncheckedIOException e) {
            throw new IOException("no control group could be made: " + e.getMessage(), e);
        }
    }

    private static Template start(Tools tools, ZygoteKind kind, Resident resident, SlotCgroup cgroup)
            throws IOException {
        long id = resident.nextId();
        Map<String, byte[]> files = tools.files().inside();
        byte[] plan = Layout.plan(id, tools.identity(), kind.template(), HostFiles.real(), files);
        byte[] nurse = Launch.nurse(kind.command(), kind.variables(), tools.identity(), tools.filter());
        PreparedSandbox sandbox = resident.request(id, plan);
        Pipe stdout = null;
        Pipe stderr = null;
        try (Pipe stdin = Pipe.toWrite()) {
            stdout = Pipe.toRead();
            stderr = Pipe.toRead();
            sandbox.go(nurse, stdin, stdout, stderr);
            return new Template(resident, cgroup, sandbox, stdout.reader(), stderr.reader());
        } catch (IOException e) {
            if (stdout != null) {
                stdout.close();
            }
            if (stderr != null) {
                stderr.close();
            }
            sandbox.close();
            throw e;
        }
    }

    /** At which variables its imports have looked; known when it is ready, and often when it never will be. */
    Set<String> lookedAt() {
        return lookedAt;
    }

    /** What its imports have left in memory, and all else that is its own. */
    long usedBytes() throws IOException {
        return cgroup.meter(sandbox::pid).read().memoryBytes();
    }

    /** Waits until it has something to say, see {@link Wait#await}. May be called by several, beside others. */
    boolean await(Wait wait) throws LinuxException {
        return wait.await(words);
    }

    /**
     * Whether it can be copied, or that is still to come.
     *
     * @throws IOException when it never can be, with what the interpreter said about it
     */
    boolean isReady() throws IOException {
        while (!isLine()) {
            int count = words.read(buffer);
            if (count < 0) {
                return false;
            }
            if (count == 0 || heard.size() > LINE_BYTES) {
                throw notReady();
            }
            heard.writeBytes(buffer.first(count));
        }
        List<String> said =
                List.of(heard.toString(StandardCharsets.UTF_8).strip().split(" "));
        lookedAt = Set.copyOf(said.subList(1, said.size()));
        if (!said.get(0).equals(READY)) {
            throw notReady();
        }
        sandbox.hear();
        return true;
    }

    /** Nothing follows: only who is asked for copies goes on. */
    private boolean isLine() {
        return heard.size() > 0 && heard.toByteArray()[heard.size() - 1] == '\n';
    }

    private IOException notReady() throws IOException {
        sandbox.hear(); // if a step has failed, it is told here
        int count = complaints.read(buffer);
        String said = count > 0 ? new String(buffer.first(count), StandardCharsets.UTF_8) : "it said nothing";
        // Of a traceback the last line says it; and what it says may be a package's words.
        String last = said.strip().lines().reduce((line, next) -> next).orElse("");
        return new IOException("the zygote did not get ready: " + Sentence.harmless(last));
    }

    /** Whether its zygote is there, which says nothing any more until it is gone. Only of one that is ready. */
    boolean isAlive() {
        try {
            return words.read(buffer) < 0;
        } catch (LinuxException e) {
            return false;
        }
    }

    /** Asks for a copy of the zygote and a resident beside it, who answer through that socket. */
    void copy(Descriptor theirs) throws IOException {
        sandbox.socket().send(PlanWriter.copy(), theirs);
    }

    @Override
    public void close() {
        sandbox.end();
        resident.close();
        cgroup.close();
        words.close();
        complaints.close();
        buffer.close();
    }
}
