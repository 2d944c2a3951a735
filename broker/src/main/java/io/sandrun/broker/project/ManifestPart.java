package io.sandrun.broker.project;

import io.sandrun.broker.Refusal;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import java.io.ByteArrayOutputStream;
import java.util.Map;

/** The part {@code manifest}: small, and so kept in memory. For one thread. */
final class ManifestPart implements Upload.Part {
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private boolean hasBegun;

    ManifestPart begun() {
        if (hasBegun) {
            throw Refusal.invalidField(Upload.MANIFEST, "one part, and not two");
        }
        hasBegun = true;
        return this;
    }

    @Override
    public void content(byte[] bytes, int offset, int count) {
        if (text.size() + count > Limits.MANIFEST_BYTES) {
            throw new Refusal(
                    ErrorCode.BODY_TOO_LARGE,
                    "The manifest is larger than " + Limits.MANIFEST_BYTES + " bytes.",
                    Map.of("field", Upload.MANIFEST, "limit_bytes", Limits.MANIFEST_BYTES));
        }
        text.write(bytes, offset, count);
    }

    @Override
    public void end() {
        // All of it is here.
    }

    @Override
    public void abandon() {
        text.reset();
    }

    byte[] text() {
        return text.toByteArray();
    }
}
