package io.sandrun.broker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.broker.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class KeysInUseTest {
    private final KeysInUse keys = new KeysInUse(Runnable::run);
    private final List<String> begun = new ArrayList<>();

    private CompletableFuture<String> submit(String client, String key, String name, CompletableFuture<String> answer) {
        return keys.inTurn(client, key, () -> {
            begun.add(name);
            return answer;
        });
    }

    /** One whose answer never comes. */
    private void begin(String client, String key, String name) {
        var unused = submit(client, key, name, new CompletableFuture<>());
    }

    @Test
    void a_submit_that_is_sent_again_begins_when_the_first_is_decided_and_others_do_not_wait() {
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<String> second = new CompletableFuture<>();
        var unused = submit("a", "key", "first", first);
        CompletableFuture<String> again = submit("a", "key", "second", second);
        CompletableFuture<String> third = submit("a", "key", "third", CompletableFuture.completedFuture("3"));
        begin("b", "key", "of another client");
        begin("a", "another", "under another key");
        assertThat(begun).containsExactly("first", "of another client", "under another key");

        first.complete("1");
        assertThat(begun).endsWith("second");
        assertThat(again).isNotDone();
        second.complete("2");
        assertThat(again).isCompletedWithValue("2");
        assertThat(third).isCompletedWithValue("3");
    }

    @Test
    void the_next_one_has_its_turn_also_when_a_submit_is_refused() {
        CompletableFuture<String> refused = keys.inTurn("a", "key", () -> {
            throw Refusal.stopping();
        });
        assertThatThrownBy(refused::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(Refusal.class);
        begin("a", "key", "second");
        assertThat(begun).containsExactly("second");
    }
}
