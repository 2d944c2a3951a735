package io.sandrun.broker.project;

import io.sandrun.broker.artifact.Incoming;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A part with the name of an archive: one, or a text form, as its first bytes tell. Whether an archive is a good one is
 * seen when all parts are here. For one thread.
 */
final class ArchivePart implements Upload.Part {
    private final Upload upload;
    private final String shown;
    private final byte[] head = new byte[TextForm.MARK.length];
    private int headBytes;
    private @Nullable TextForm text;
    private @Nullable Incoming archive;

    ArchivePart(Upload upload, String shown) {
        this.upload = upload;
        this.shown = shown;
    }

    @Override
    public void content(byte[] bytes, int offset, int count) {
        int taken = Math.min(head.length - headBytes, count);
        System.arraycopy(bytes, offset, head, headBytes, taken);
        headBytes += taken;
        if (headBytes < head.length) {
            return;
        }
        if (text == null && archive == null) {
            decide();
        }
        pass(bytes, offset + taken, count - taken);
    }

    private void decide() {
        if (Arrays.equals(head, TextForm.MARK)) {
            text = new TextForm(upload, shown);
        } else {
            archive = upload.receive();
        }
        pass(head, 0, headBytes);
    }

    private void pass(byte[] bytes, int offset, int count) {
        if (text != null) {
            text.content(bytes, offset, count);
        } else if (archive != null) {
            archive.write(bytes, offset, count);
        }
    }

    @Override
    public void end() {
        if (text == null && archive == null) {
            decide();
        }
        if (text != null) {
            text.end();
        } else if (archive != null) {
            upload.keep(archive, null, shown);
        }
    }

    @Override
    public void abandon() {
        if (text != null) {
            text.abandon();
        }
        if (archive != null) {
            archive.close();
        }
    }
}
