package io.sandrun.runtime;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The ways to start a program that was made ready before, once more as a user who has no rights at all. */
class UnprivilegedStartTest {
    @TestFactory
    @Timeout(OrdinaryUser.PATIENCE_SECONDS)
    Stream<DynamicTest> starts_of_an_ordinary_user(@TempDir Path directory) throws Exception {
        return OrdinaryUser.again(
                directory,
                ForkedStartTest.class,
                ForkedHygieneTest.class,
                ForkedModulesTest.class,
                ForkedNumpyTest.class,
                SharedZygoteTest.class,
                RehearsalTest.class,
                ReadyStartTest.class,
                AwaitedStartTest.class);
    }
}
