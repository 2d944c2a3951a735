package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.http.flow.HeldAnswer;
import io.sandrun.broker.http.flow.PaceWatch;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Writes a body piece by piece, as its reader takes it: a slow one holds memory for one piece, and no thread. */
final class AsyncBody implements WriteListener {
    /** Where the pieces come from. */
    @FunctionalInterface
    interface Source {
        /** The next piece, or null after the last. */
        byte @Nullable [] next() throws IOException;
    }

    private final ServletOutputStream out;
    private final Source source;
    private final PaceWatch.Watched pace;
    private final CompletableFuture<Void> written = new CompletableFuture<>();

    private AsyncBody(ServletOutputStream out, Source source, PaceWatch.Watched pace) {
        this.out = out;
        this.source = source;
        this.pace = pace;
    }

    /** @return completes when the body is written, or its reader is gone or too slow */
    static CompletableFuture<Void> write(Context request, ServletOutputStream out, Source source) {
        PaceWatch.Watched pace = HeldAnswer.pacedStream(request);
        AsyncBody body = new AsyncBody(out, source, pace);
        out.setWriteListener(body);
        return body.written.whenComplete((done, failure) -> pace.close());
    }

    @Override
    public void onWritePossible() throws IOException {
        while (out.isReady()) {
            byte[] piece = source.next();
            if (piece == null) {
                written.complete(null);
                return;
            }
            out.write(piece);
            pace.moved(piece.length);
        }
    }

    @Override
    public void onError(Throwable failure) {
        written.complete(null);
    }
}
