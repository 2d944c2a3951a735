package io.sandrun.runtime.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sandrun.runtime.attack.Report.Said;
import io.sandrun.runtime.output.LeftOut.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every attack where there is no sandbox: there it must succeed, or holding it would mean nothing. Harmless: amounts
 * are bounded, targets are canaries, mounts are in namespaces that go at once, and calls that would change the machine
 * have arguments that cannot work.
 */
public class BareAttackTest {
    /** What a kernel says that was built or started without the part that is attacked. */
    private static final Set<String> LACKING = Set.of("ENOSYS", "EAFNOSUPPORT", "EPROTONOSUPPORT", "ENODEV");

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    @TestFactory
    Stream<DynamicTest> every_attack_succeeds_without_a_sandbox(@TempDir Path directory) {
        // Paths of sockets are short.
        AtomicInteger number = new AtomicInteger();
        return AttackTable.attacks().stream()
                .map(attack -> DynamicTest.dynamicTest(
                        attack.name() + " succeeds without a sandbox",
                        () -> succeeds(
                                attack, Files.createDirectory(directory.resolve("a" + number.incrementAndGet())))));
    }

    private static void succeeds(Attack attack, Path directory) throws Exception {
        assumeTrue(attack.proof() != Attack.Proof.ROOT || Bare.isRoot(), "only root can: " + attack.name());
        assumeTrue(
                attack.proof() != Attack.Proof.SCRATCH || Files.isExecutable(Bare.UNSHARE),
                "unshare (Debian package util-linux) is not installed");
        try (Bare bare = Bare.open(directory)) {
            List<List<String>> steps = attack.steps();
            if (steps.get(0).get(0).equals("with")) {
                assertThat(bare.comesToHarm(steps.get(0))).isTrue();
                return;
            }
            for (List<String> step : steps.subList(0, steps.size() - 1)) {
                assertThat(report(bare.run(attack, step)).said()).isEqualTo(Said.PLANTED);
            }
            Report report = report(bare.run(attack, steps.get(steps.size() - 1)));
            if (isLacking(attack, report)) {
                abort("this machine lacks it: " + attack.name() + ": " + report);
            }
            if (attack.expectation() instanceof Expectation.LeavesNone) {
                assertThat(report.said()).as("%s", report).isEqualTo(Said.PLANTED);
                assertThat(HostSight.withArgument(bare.freshWord())).isNotEmpty();
                end(bare.freshWord());
            } else if (attack.expectation() instanceof Expectation.LeavesOut leaves) {
                assertThat(report.said()).as("%s", report).isEqualTo(Said.PLANTED);
                assertThat(isCollectorDeceived(bare, leaves.reason())).isTrue();
                end(bare.freshWord());
            } else {
                assertThat(report.said()).as("%s", report).isEqualTo(Said.SUCCEEDED);
            }
        }
    }

    /** What is swapped goes on being swapped; even who looks before reading is deceived in the end. */
    private static boolean isCollectorDeceived(Bare bare, Reason reason) throws Exception {
        Path out = bare.work().resolve(Haul.WANTED);
        return HostSight.withArgument(bare.freshWord()).isEmpty()
                ? bare.collector().comesToHarm(out, reason)
                : bare.collector().isDeceived(out.resolve("one"), bare.place("word"));
    }

    private static boolean isLacking(Attack attack, Report report) {
        boolean noSuchFile = attack.steps().get(0).get(0).startsWith("open-")
                && report.error().equals("ENOENT");
        return report.said() == Said.ABSENT || LACKING.contains(report.error()) || noSuchFile;
    }

    private static Report report(byte[] output) {
        return Report.in(output)
                .orElseThrow(() -> new AssertionError("no report in " + new String(output, StandardCharsets.UTF_8)));
    }

    /** Some of them are replaced by a child at any moment, so it takes more than one look. */
    private static void end(String word) throws Exception {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        for (List<Long> pids = HostSight.withArgument(word); !pids.isEmpty(); pids = HostSight.withArgument(word)) {
            assertThat(System.nanoTime()).as("still running: %s", pids).isLessThan(deadline);
            pids.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }
}
