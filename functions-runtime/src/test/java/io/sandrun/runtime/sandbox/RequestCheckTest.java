package io.sandrun.runtime.sandbox;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.runtime.InputFile;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.RunRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestCheckTest {
    private static final RunLimits LIMITS =
            new RunLimits(Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 1 << 20, 8, 64, 1 << 20, 100, 10, 10);

    private static void refuses(RunRequest request, String because) {
        assertThatThrownBy(() -> RequestCheck.check(request))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(because);
    }

    private static RunRequest request(List<String> command, Map<String, String> environment, List<InputFile> files) {
        return new RunRequest(command, environment, new byte[0], files, List.of(), LIMITS);
    }

    private static RunRequest file(String path) {
        return request(List.of("/bin/true"), Map.of(), List.of(new InputFile(path, new byte[0], false)));
    }

    @Test
    void a_plain_request_passes() {
        assertThatCode(() -> RequestCheck.check(request(
                        List.of("/bin/sh", ""), Map.of("A", "="), List.of(new InputFile("a/b.c", new byte[9], true)))))
                .doesNotThrowAnyException();
    }

    @Test
    void commands_and_variables_that_no_kernel_takes_are_refused() {
        refuses(request(List.of(), Map.of(), List.of()), "empty");
        refuses(request(List.of("true"), Map.of(), List.of()), "absolute");
        refuses(request(List.of("/bin/true", "a\0b"), Map.of(), List.of()), "NUL");
        refuses(request(List.of("/bin/true"), Map.of("A=B", "c"), List.of()), "no name");
        refuses(request(List.of("/bin/true"), Map.of("", "c"), List.of()), "no name");
        refuses(request(List.of("/bin/true", "x".repeat(128 * 1024)), Map.of(), List.of()), "limit is 131072");
    }

    @Test
    void file_names_that_lead_elsewhere_are_refused() {
        for (String path : List.of("", "/a", "a/", "a//b", ".", "..", "../a", "a/../../b", "a/./b", "x".repeat(256))) {
            refuses(file(path), "not a plain path");
        }
        refuses(file("a\0b"), "NUL");
        refuses(file("abc/".repeat(1024) + "d"), "too long");
    }

    @Test
    void files_given_twice_or_larger_than_the_disk_are_refused() {
        InputFile file = new InputFile("a", new byte[0], false);
        refuses(request(List.of("/bin/true"), Map.of(), List.of(file, file)), "twice");
        InputFile large = new InputFile("a", new byte[(1 << 20) + 1], false);
        refuses(request(List.of("/bin/true"), Map.of(), List.of(large)), "disk limit");
    }

    @Test
    void limits_that_would_mean_no_limit_are_refused() {
        RunLimits noDisk =
                new RunLimits(Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 1 << 20, 8, 64, 0, 100, 10, 10);
        refuses(
                new RunRequest(List.of("/bin/true"), Map.of(), new byte[0], List.of(), List.of(), noDisk),
                "disk limit");
        RunLimits noTime = new RunLimits(Duration.ZERO, Duration.ofSeconds(1), 1, 1 << 20, 8, 64, 1 << 20, 100, 10, 10);
        refuses(new RunRequest(List.of("/bin/true"), Map.of(), new byte[0], List.of(), List.of(), noTime), "wall time");
        RunLimits noCpu =
                new RunLimits(Duration.ofSeconds(1), Duration.ofSeconds(1), 0, 1 << 20, 8, 64, 1 << 20, 100, 10, 10);
        refuses(new RunRequest(List.of("/bin/true"), Map.of(), new byte[0], List.of(), List.of(), noCpu), "share");
    }
}
