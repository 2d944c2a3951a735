package io.sandrun.runtime.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The resident's thread that closes, {@code closer.c}, compiled into a program that looks at what it leaves behind. */
class CloserTest {
    private static final String PROGRAM = """
            #include "channel.h"
            #include "sandbox.h"
            #include <errno.h>
            #include <fcntl.h>
            #include <sys/socket.h>
            #include <unistd.h>

            enum { ABOVE = 100, NEVER_OPENED = 1000, OF_THE_RESIDENT = EXDEV, PATIENCE_SECONDS = 20 };

            int main(void)
            {
                int ends[2], ours;
                struct settled settled = {0};
                if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0 || (ours = fcntl(ends[0], F_DUPFD, ABOVE)) < 0
                    || dup2(ends[1], CONTROL_DESCRIPTOR) != CONTROL_DESCRIPTOR || !start_closer())
                    return 2;
                alarm(PATIENCE_SECONDS);
                errno = OF_THE_RESIDENT;
                close_later(NEVER_OPENED);
                tell_closed();
                if (read(ours, &settled, sizeof settled) != sizeof settled || settled.type != MESSAGE_SETTLED)
                    return 3;
                return errno == OF_THE_RESIDENT ? 0 : 1;
            }
            """;

    @Test
    void what_fails_in_it_is_not_taken_for_a_failure_of_the_resident(@TempDir Path directory) throws Exception {
        Path source = Files.writeString(directory.resolve("program.c"), PROGRAM);
        Path program = directory.resolve("program");
        String ours = Path.of("src/main/c").toAbsolutePath().toString();
        assertThat(exitCode(
                        "cc",
                        "-D_GNU_SOURCE",
                        "-static",
                        "-I" + ours,
                        "-o",
                        program.toString(),
                        source.toString(),
                        ours + "/closer.c",
                        ours + "/channel.c"))
                .isZero();
        assertThat(exitCode(program.toString()))
                .as("1: errno has changed; 142: nothing was told")
                .isZero();
    }

    private static int exitCode(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }
}
