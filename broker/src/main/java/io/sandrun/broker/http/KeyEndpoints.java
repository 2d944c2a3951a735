package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.JsonFields;
import io.sandrun.broker.access.KeyPage;
import io.sandrun.broker.access.Keys;
import io.sandrun.broker.access.NewKey;
import io.sandrun.broker.access.OpenCalls;
import io.sandrun.broker.store.KeyRow;
import java.util.concurrent.CompletableFuture;

/** What administrators call to make, see and end API keys. */
final class KeyEndpoints {
    private final Keys keys;
    private final KeyPage page;
    private final OpenCalls calls;
    private final AccessCheck access;
    private final boolean allowAnonymous;

    /** @param allowAnonymous whether requests without a key go on when there are keys */
    KeyEndpoints(Keys keys, OpenCalls calls, AccessCheck access, boolean allowAnonymous) {
        this.access = access;
        this.keys = keys;
        this.page = new KeyPage(keys);
        this.calls = calls;
        this.allowAnonymous = allowAnonymous;
    }

    /** Waits for the commit: what goes on without a key is ended next, and this very request may be without. */
    CompletableFuture<Answer> create(Context request) {
        NewKey wish = NewKey.read(RequestReader.json(request));
        boolean isFirst = !keys.areInUse();
        Keys.Made made = keys.create(wish).join();
        access.did("key_created", request, page.one(made.row()));
        if (isFirst && !allowAnonymous) {
            calls.endThoseWithoutKey();
        }
        // No cache on the way keeps what is told once.
        request.header("Cache-Control", "no-store");
        return CompletableFuture.completedFuture(Answer.ok(page.made(made)));
    }

    CompletableFuture<Answer> list(Context request) {
        return CompletableFuture.completedFuture(Answer.ok(page.all()));
    }

    CompletableFuture<Answer> setQuota(Context request) {
        JsonFields fields = RequestReader.json(request);
        KeyRow.OwnQuota quota = NewKey.readQuota(fields);
        fields.refuseUnknown();
        return keys.setQuota(request.pathParam("id"), quota).thenApply(row -> {
            access.did("key_quota_set", request, page.one(row));
            return Answer.ok(page.one(row));
        });
    }

    CompletableFuture<Answer> revoke(Context request) {
        return keys.revoke(request.pathParam("id")).thenApply(row -> {
            access.did("key_revoked", request, page.one(row));
            return Answer.ok(page.one(row));
        });
    }
}
