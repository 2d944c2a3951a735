package io.sandrun.runtime.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ProbeAnswerTest {
    @Test
    void each_line_is_a_finding() {
        ProbeAnswer answer = ProbeAnswer.parse("""
                package\tnumpy\t1.24.2
                package\tstrange\t
                part\tsix\t1.16.0
                file\t/usr/lib/../lib/python3
                file\trelative
                file
                done
                """);
        assertThat(answer.versions()).containsExactly(entry("numpy", "1.24.2"), entry("strange", ""));
        assertThat(answer.parts()).containsExactly(entry("six", "1.16.0"));
        assertThat(answer.files()).containsExactly(Path.of("/usr/lib/python3"));
        assertThat(answer.failures()).isEmpty();
        assertThat(answer.isComplete()).isTrue();
    }

    @Test
    void an_answer_without_its_end_is_not_complete() {
        assertThat(ProbeAnswer.parse("package\tnumpy\t1.24.2\n").isComplete()).isFalse();
        assertThat(ProbeAnswer.parse("").isComplete()).isFalse();
    }

    @Test
    void failures_are_told_without_end() {
        ProbeAnswer answer = ProbeAnswer.parse("""
                failed\ta\ta.b\tImportError: no
                failed\tb\tb\tImportError: no
                failed\t*\tc\tImportError: no
                failed\td\td\tImportError: no
                failed\te\te\tImportError: no
                """);
        assertThat(answer.failure())
                .isEqualTo("a (a.b: ImportError: no), b (b: ImportError: no), c: ImportError: no and 2 more");
    }

    @Test
    void no_word_is_longer_than_a_person_reads() {
        ProbeAnswer answer = ProbeAnswer.parse("package\tnumpy\t" + "1".repeat(5_000) + "\ndone\n");
        assertThat(answer.versions().get("numpy")).hasSize(201).endsWith("1…");
    }
}
