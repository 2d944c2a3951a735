package io.sandrun.runtime.attack;

import io.sandrun.runtime.linux.Ids;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The place without a sandbox: attacks run as this user against canaries of the host, or as root of namespaces that go
 * with them. One per attack, since most of what is planted is used up.
 */
final class Bare implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;
    static final Path UNSHARE = Path.of("/usr/bin/unshare");

    /** An empty /usr and a shell that stays pid 1: its last command is not the attack. */
    private static final List<String> SCRATCH = List.of(
            UNSHARE.toString(),
            "--user",
            "--map-root-user",
            "--mount",
            "--pid",
            "--fork",
            "--mount-proc",
            "--net",
            "--ipc",
            "--uts",
            "/bin/sh",
            "-c",
            "mount -t tmpfs -o mode=0755 tmpfs /usr && \"$0\" \"$@\"; exit $?");

    private final Path directory;
    private final Path program;
    private final Canaries canaries;
    private final Map<String, String> places;
    private final Process victim;
    private final String word = Canaries.freshWord();

    private Bare(Path directory, Path program, Canaries canaries, Process victim) {
        this.directory = directory;
        this.program = program;
        this.canaries = canaries;
        this.victim = victim;
        places = new HashMap<>(canaries.places());
        places.put("neighbour", places.get("word"));
        places.put("neighbour-key", places.get("key"));
        places.put("neighbour-port", places.get("port"));
        places.put("neighbour-socket", places.get("socket"));
        places.put("victim", Long.toString(victim.pid()));
        places.put("covered", "/usr");
        places.put("fresh-word", word);
        places.put("fresh-key", Integer.toString(Canaries.freshKey()));
    }

    static Bare open(Path directory) throws IOException {
        byte[] bytes = AttackProgram.bytes();
        Path program = Files.write(directory.resolve("attack"), bytes);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path work = Files.createDirectory(directory.resolve("w"));
        Process victim = new ProcessBuilder("/bin/sleep", "60").start();
        return new Bare(directory, program, Canaries.plant(bytes, work), victim);
    }

    static boolean isRoot() {
        return Ids.own().isRoot();
    }

    String freshWord() {
        return word;
    }

    String place(String name) {
        return Places.fill("{" + name + "}", places);
    }

    /** Where attacks leave things. */
    Path work() {
        return directory.resolve("w");
    }

    NaiveCollector collector() {
        return new NaiveCollector(canaries.secrets());
    }

    /** Whether unpacking the archive of that step does the harm that it is made for. */
    boolean comesToHarm(List<String> step) throws Exception {
        NaiveExtractor extractor = new NaiveExtractor(directory, places);
        extractor.unpack(AttackArchives.of(step, places).get(0));
        return extractor.hasComeToHarm(step.get(1), canaries.touches());
    }

    /** Everything that it printed. */
    byte[] run(Attack attack, List<String> step) throws Exception {
        List<String> command = new ArrayList<>(attack.proof() == Attack.Proof.SCRATCH ? SCRATCH : List.of());
        command.add(program.toString());
        command.addAll(Places.fill(step, places));
        Path output = Files.createTempFile(directory, "output", "");
        Process process = new ProcessBuilder(command)
                .directory(directory.resolve("w").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(attack.name() + " did not end; it said " + Files.readString(output));
        }
        return Files.readAllBytes(output);
    }

    @Override
    public void close() throws IOException {
        victim.destroyForcibly().onExit().join();
        // What lies deeper than a path is long is removed by nothing else.
        new ProcessBuilder("/bin/rm", "-rf", work().resolve(Haul.WANTED).toString())
                .start()
                .onExit()
                .join();
        canaries.close();
    }
}
