package io.sandrun.broker.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ExcerptTest {
    @Test
    void a_text_that_fits_stays_as_it_is() {
        assertThat(Excerpt.of("grüße\n", 8, 8, "ask")).isEqualTo("grüße\n");
    }

    @Test
    void of_a_longer_one_beginning_and_end_are_kept_with_what_is_missing_between_them() {
        String text = "a".repeat(50) + "b".repeat(50);
        String cut = Excerpt.of(text, 100, 20, "ask for it");
        assertThat(cut)
                .startsWith("a".repeat(8) + "\n[... 80 bytes left out; ask for it ...]\n")
                .endsWith("b".repeat(12));
    }

    @Test
    void no_character_is_cut() {
        String text = "ü€😀".repeat(100);
        for (int most = 0; most < 60; most++) {
            String cut = Excerpt.of(text, text.getBytes(StandardCharsets.UTF_8).length, most, "x");
            assertThat(cut).doesNotContain("\ufffd");
            assertThat(cut.replaceAll("\n\\[.*]\n", "").getBytes(StandardCharsets.UTF_8).length)
                    .isLessThanOrEqualTo(most);
        }
    }

    @Test
    void what_was_cut_before_is_told_too() {
        assertThat(Excerpt.of("kept", 1_000, 100, "ask")).isEqualTo("kept\n[... 996 bytes left out; ask ...]\n");
    }
}
