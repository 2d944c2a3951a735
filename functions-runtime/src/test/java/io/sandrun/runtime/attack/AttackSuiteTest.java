package io.sandrun.runtime.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every attack on real sandboxes. Run again as nobody by UnprivilegedTest; BareAttackTest shows that they bite. */
public class AttackSuiteTest {
    private static final int LONGEST_SECONDS = 240;
    private static final Path PYTHON = Path.of("/usr/bin/python3");

    private interface Opening {
        AttackSuite open() throws Exception;
    }

    @TestFactory
    @Timeout(LONGEST_SECONDS)
    Stream<DynamicTest> every_attack_is_held(@TempDir Path directory) throws Exception {
        return held(directory, () -> AttackSuite.open(directory, Way.COLD));
    }

    @TestFactory
    @Timeout(LONGEST_SECONDS)
    Stream<DynamicTest> every_attack_in_a_sandbox_that_was_there_is_held(@TempDir Path directory) throws Exception {
        return held(directory, () -> AttackSuite.open(directory, Way.READY));
    }

    @TestFactory
    @Timeout(LONGEST_SECONDS)
    Stream<DynamicTest> every_attack_out_of_a_forked_process_is_held(@TempDir Path directory) throws Exception {
        if (!Files.isExecutable(PYTHON)) {
            return Stream.of(DynamicTest.dynamicTest("forked", () -> abort(PYTHON + " is not installed")));
        }
        return held(directory, () -> AttackSuite.openForked(directory, PYTHON));
    }

    @TestFactory
    @Timeout(LONGEST_SECONDS)
    Stream<DynamicTest> every_attack_out_of_a_process_that_has_waited_is_held(
            @TempDir Path directory, @TempDir Path shown) throws Exception {
        Files.setPosixFilePermissions(shown, PosixFilePermissions.fromString("rwxr-xr-x"));
        return held(directory, () -> AttackSuite.openAwaited(directory, shown));
    }

    private static Stream<DynamicTest> held(Path directory, Opening opening) throws Exception {
        List<Finding> findings;
        try (AttackSuite suite = opening.open()) {
            findings = suite.run(AttackTable.attacks(), finding -> {});
        }
        assertThat(directory).isEmptyDirectory();
        return findings.stream().map(AttackSuiteTest::held);
    }

    private static DynamicTest held(Finding finding) {
        return DynamicTest.dynamicTest(finding.attack() + " is held", () -> {
            if (finding.verdict() == Verdict.NOT_APPLICABLE) {
                abort("not applicable here: " + finding.seen());
            }
            assertThat(finding.verdict()).as(finding.seen()).isEqualTo(Verdict.HELD);
        });
    }
}
