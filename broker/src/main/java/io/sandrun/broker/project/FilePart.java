package io.sandrun.broker.project;

import io.sandrun.broker.artifact.Incoming;
import io.sandrun.runtime.name.GuestName;

/** A part that is one file of the project, under the name that it has. For one thread. */
final class FilePart implements Upload.Part {
    private final Upload upload;
    private final String path;
    private final String shown;
    private final Incoming file;

    FilePart(Upload upload, String name) {
        this.upload = upload;
        this.path = upload.path(name);
        this.shown = GuestName.show(name);
        this.file = upload.receive();
    }

    @Override
    public void content(byte[] bytes, int offset, int count) {
        file.write(bytes, offset, count);
    }

    @Override
    public void end() {
        upload.keep(file, path, shown);
    }

    @Override
    public void abandon() {
        file.close();
    }
}
