package io.sandrun.runtime.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WarmMemoryTest {
    private final WarmMemory memory = new WarmMemory(100, () -> false);

    @Test
    void as_much_is_given_as_there_is() {
        assertThat(memory.take(60)).isTrue();
        assertThat(memory.take(41)).isFalse();
        assertThat(memory.take(40)).isTrue();
        assertThat(memory.isFull()).isTrue();
        assertThat(memory.take(1)).isFalse();
    }

    @Test
    void what_is_given_back_can_be_taken_again() {
        assertThat(memory.take(100)).isTrue();
        memory.give(30);
        assertThat(memory.isFull()).isFalse();
        assertThat(memory.usedBytes()).isEqualTo(70);
        assertThat(memory.take(30)).isTrue();
    }
}
