package io.sandrun.benchmarks.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class CorpusTest {
    @Test
    void any_bytes_are_one_line_of_printable_text_and_come_back_the_same() {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            String line = Corpus.text(bytes);
            assertThat(line).as("seed %d", seed).matches("[ -~]*");
            assertThat(Corpus.bytes(line)).as("seed %d", seed).isEqualTo(bytes);
        }
    }

    @Test
    void an_input_is_never_taken_for_a_comment() {
        byte[] hash = "#1 \\".getBytes(StandardCharsets.US_ASCII);
        assertThat(Corpus.text(hash)).isEqualTo("\\x231 \\x5c");
        assertThat(Corpus.bytes(Corpus.text(hash))).isEqualTo(hash);
    }
}
