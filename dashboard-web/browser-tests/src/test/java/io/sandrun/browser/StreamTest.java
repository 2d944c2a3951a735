package io.sandrun.browser;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Streams of events, as the page reads them. */
@ExtendWith(Stage.Extension.class)
class StreamTest {
    /** A laptop that has slept is told nothing of its connections' end. */
    @Test
    void one_that_has_fallen_silent_is_over(Tab tab) {
        tab.page().clock().install();
        tab.at("environments");
        tab.page().evaluate("""
                async () => {
                    const { events } = await import("/dashboard/core/sse.js");
                    const first = new TextEncoder().encode('event: one\\ndata: {"a": 1}\\n\\n');
                    window.told = events({ body: new ReadableStream({ start: (sink) => sink.enqueue(first) }) });
                }""");
        assertThat(tab.page().evaluate("async () => (await told.next()).value.data.a"))
                .isEqualTo(1);
        tab.page().evaluate("() => { window.next = told.next(); }");
        tab.page().clock().runFor(60_000);
        assertThat(tab.page().evaluate("async () => (await next).done")).isEqualTo(true);
    }
}
