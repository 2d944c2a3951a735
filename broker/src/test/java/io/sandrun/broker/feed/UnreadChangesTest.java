package io.sandrun.broker.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.broker.store.Store;
import io.sandrun.broker.store.StoreUnavailableException;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnreadChangesTest {
    @Test
    void who_could_not_be_told_of_a_change_is_told_that_there_was_one(@TempDir Path directory) {
        Store store = Store.open(directory.resolve("test.db"), Clock.systemUTC());
        ChangedJobs changed = new ChangedJobs();
        Feed feed = new Feed(
                () -> {
                    throw new AssertionError("a sample so soon");
                },
                changed,
                store);
        HandDrivenSink sink = new HandDrivenSink();
        feed.join(null, sink);
        sink.take();
        store.close();
        changed.started("pool-1");
        assertThatThrownBy(feed::run).isInstanceOf(StoreUnavailableException.class);
        assertThat(sink.messages).hasSize(1);

        feed.run();
        sink.take();
        assertThat(sink.messages.get(1)).isEqualTo("event: jobs\ndata: {\"jobs\":[],\"missed\":true}\n\n");
        feed.run();
        assertThat(sink.messages).hasSize(2);
    }
}
