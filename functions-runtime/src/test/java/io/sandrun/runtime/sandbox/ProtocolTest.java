package io.sandrun.runtime.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProtocolTest {
    private static final int BYTES = 256;

    private static Protocol.Failure failure(String step, String detail) {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        bytes.put(16, step.getBytes(StandardCharsets.UTF_8));
        bytes.put(64, detail.getBytes(StandardCharsets.UTF_8));
        return Protocol.Failure.read(bytes);
    }

    @Test
    void a_failure_has_the_words_it_was_told() {
        Protocol.Failure failure = failure("open \u00e4", "/a b");
        assertThat(failure.step()).isEqualTo("open \u00e4");
        assertThat(failure.detail()).isEqualTo("/a b");
    }

    @Test
    void what_a_zygote_says_of_its_failure_writes_no_line_of_a_log_and_controls_no_terminal() {
        String words = "a\n14:00 WARN b\u001b[2J\u009b2J\u202e\u2028\r";
        Protocol.Failure failure = failure(words, words);
        assertThat(failure.step()).isEqualTo("a?14:00 WARN b?[2J?2J???");
        assertThat(failure.detail()).isEqualTo(failure.step());
        assertThat(new SandboxFailure(failure)).hasMessageNotContainingAny("\n", "\r", "\u001b", "\u009b");
    }

    @Test
    void words_that_do_not_end_end_with_their_field() {
        Protocol.Failure failure = failure("s".repeat(48), "d".repeat(BYTES - 64));
        assertThat(failure.step()).startsWith("s").hasSize(48);
        assertThat(failure.detail()).isEqualTo("d".repeat(192));
    }
}
