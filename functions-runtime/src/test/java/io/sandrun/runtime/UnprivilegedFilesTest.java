package io.sandrun.runtime;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes in and out, once more as a user who has no rights at all. */
class UnprivilegedFilesTest {
    @TestFactory
    @Timeout(OrdinaryUser.PATIENCE_SECONDS)
    Stream<DynamicTest> archives_and_outputs_of_an_ordinary_user(@TempDir Path directory) throws Exception {
        return OrdinaryUser.again(directory, ArchiveInTest.class, OutputOutTest.class, HostileOutputTest.class);
    }
}
