package io.sandrun.runtime.install;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.runtime.Inputs;
import io.sandrun.runtime.interpreter.Interpreter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is found out on the agent's own time, before any limit of a job holds. */
class InstallPlanTest {
    private static final int LINES = 40_000;
    private static final int DIRECTORIES = 4_900;

    @Test
    @Timeout(value = 30, unit = SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void requirements_that_name_too_many_files_are_refused_before_anybody_looks_for_them() {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("requirements.txt", Packages.bytes(lines("./%d\n")));
        files.put("package.json", Packages.bytes("{" + lines("\"%1$d\": \"file:%1$d\",\n") + "\"x\": 1}"));
        for (int index = 0; index < DIRECTORIES; index++) {
            files.put("d" + index + "/f", new byte[0]);
        }
        Inputs project = Workshop.archive(files);
        Interpreter python = Workshop.interpreter("python3");
        InstallSettings settings = Workshop.settings("https://index.test/simple", null, "https://registry.test/");
        for (Tool tool : List.of(new Pip(python, settings), new Npm(python, Path.of("/npm"), settings))) {
            String path = tool.name().equals("pip") ? "requirements.txt" : "package.json";
            assertThatThrownBy(() -> tool.plan(new Survey(project), path))
                    .isInstanceOf(RequirementsException.class)
                    .hasMessageContaining("more than 1000 ");
        }
    }

    private static String lines(String form) {
        return IntStream.range(0, LINES).mapToObj(form::formatted).collect(Collectors.joining());
    }
}
