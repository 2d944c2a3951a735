package io.sandrun.runtime;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the sandbox tests once more as a user who has no rights at all. */
class UnprivilegedTest {
    @TestFactory
    @Timeout(OrdinaryUser.PATIENCE_SECONDS)
    Stream<DynamicTest> the_same_holds_for_an_ordinary_user(@TempDir Path directory) throws Exception {
        return OrdinaryUser.again(
                directory,
                SandboxTest.class,
                ContainmentTest.class,
                HardeningTest.class,
                LimitsTest.class,
                InterpretersTest.class,
                DoorTest.class,
                TreeCopyTest.class);
    }
}
