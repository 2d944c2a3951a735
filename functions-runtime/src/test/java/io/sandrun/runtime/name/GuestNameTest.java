package io.sandrun.runtime.name;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** No name of a guest does anything to whoever reads it. */
class GuestNameTest {
    @Property
    void what_is_shown_is_one_printable_line(@ForAll byte[] bytes) {
        String shown = GuestName.show(bytes);
        assertThat(shown.codePoints()).noneMatch(point -> Character.isISOControl(point) || point == 0x202e);
        assertThat(shown).hasSizeLessThan(420);
    }

    @Property
    void a_name_that_is_taken_is_shown_as_it_is(@ForAll String name) {
        if (GuestName.fault(name).isEmpty() && name.length() < 200) {
            assertThat(GuestName.show(name)).isEqualTo(name);
            assertThat(GuestName.decode(name.getBytes(StandardCharsets.UTF_8))).contains(name);
        }
    }

    @Example
    void what_is_shown_tells_different_names_apart() {
        assertThat(GuestName.show("a\\x0ab")).isEqualTo("a\\\\x0ab");
        assertThat(GuestName.show("a\nb")).isEqualTo("a\\x0ab");
        assertThat(GuestName.show(new byte[] {'a', (byte) 0x9b})).isEqualTo("a\\x9b");
    }

    @Example
    void ordinary_names_are_taken() {
        String[] names = {"a b", "größe", "日本語", ".hidden", "-rf", "$(x)", "<b>", "👨‍👩‍👧.png"};
        for (String name : names) {
            assertThat(GuestName.fault(name)).as(name).isEmpty();
        }
        assertThat(GuestName.fault("n".repeat(255))).isEmpty();
    }

    @Example
    void names_that_deceive_are_not() {
        for (String name :
                new String[] {"a\nb", "\u007f", "\u009b2J", "\u202e", "\u2028", "a\\b", "\ud800", "ä".repeat(128)}) {
            assertThat(GuestName.fault(name)).as(GuestName.show(name)).isPresent();
        }
    }
}
