package io.sandrun.runtime;

import io.sandrun.runtime.attack.AttackSuiteTest;
import io.sandrun.runtime.attack.BareAttackTest;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Attacks, once more as a user who has no rights at all. */
class UnprivilegedAttackTest {
    @TestFactory
    @Timeout(OrdinaryUser.PATIENCE_SECONDS)
    Stream<DynamicTest> attacks_are_held_for_an_ordinary_user(@TempDir Path directory) throws Exception {
        return OrdinaryUser.again(directory, AttackSuiteTest.class);
    }

    /** In a process of its own: together they would take longer than one may on a busy machine. */
    @TestFactory
    @Timeout(OrdinaryUser.PATIENCE_SECONDS)
    Stream<DynamicTest> attacks_of_an_ordinary_user_succeed_without_a_sandbox(@TempDir Path directory)
            throws Exception {
        return OrdinaryUser.again(directory, BareAttackTest.class);
    }
}
