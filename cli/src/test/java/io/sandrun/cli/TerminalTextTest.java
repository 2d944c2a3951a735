package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TerminalTextTest {
    @Test
    void text_colours_and_progress_bars_pass() {
        String text = "tab\there\n\u001b[1;32mgreen\u001b[0m \u001b[mü\r50 %\r100 %\n";
        assertThat(shown(bytes(text))).isEqualTo(text);
    }

    @Test
    void whatever_else_a_terminal_would_obey_is_shown() {
        for (String sequence : List.of(
                "\u001b[2J",
                "\u001b]0;title\u0007",
                "\u001b[5n",
                "\u001bP+q\u001b\\",
                "\u009b1A",
                "\u001b[?25l",
                "\u0007")) {
            assertThat(shown(bytes("a" + sequence + "b")))
                    .doesNotContain("\u001b", "\u0007", "\u009b")
                    .startsWith("a\\x");
        }
        assertThat(shown(bytes("\u001b[" + "1;".repeat(100) + "m")))
                .startsWith("\\x1b[1;")
                .doesNotContain("\u001b");
    }

    @Test
    void pieces_are_put_together_wherever_they_were_cut() {
        byte[] all = bytes("\u001b[31mrot ü\uD83D\uDE00\u001b[0m\u001b[2J\n");
        String whole = shown(all);
        for (int cut = 0; cut <= all.length; cut++) {
            TerminalText text = new TerminalText();
            String first = text.show(java.util.Arrays.copyOf(all, cut));
            String second = text.show(java.util.Arrays.copyOfRange(all, cut, all.length));
            assertThat(first + second + text.end()).isEqualTo(whole);
        }
    }

    @Test
    void what_is_no_text_and_what_never_ends_is_shown_too() {
        assertThat(shown(new byte[] {'a', (byte) 0xff, 'b'})).isEqualTo("a\uFFFDb");
        assertThat(shown(new byte[] {'a', (byte) 0xc3})).isEqualTo("a\uFFFD");
        assertThat(shown(bytes("a\u001b["))).isEqualTo("a\\x1b[");
    }

    private static String shown(byte[] bytes) {
        TerminalText text = new TerminalText();
        return text.show(bytes) + text.end();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
