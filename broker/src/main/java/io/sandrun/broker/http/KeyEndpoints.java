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

    KeyEndpoints(Keys keys, OpenCalls calls, AccessCheck access) {
        this.access = access;
        this.keys = keys;
        this.page = new KeyPage(keys);
        this.calls = calls;
    }

    /** Waits for the commit: what goes on without a key is ended next, and this very request may be without. */
    CompletableFuture<Answer> create(Context request) {
        NewKey wish = NewKey.read(RequestReader.json(request));
        Keys.Made made = keys.create(wish).join();
        access.did("key_created", request, page.one(made.row()));
        calls.keyMade();
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
