package io.sandrun.runtime.archive;

import io.sandrun.runtime.archive.ArchiveRefusedException.Fault;
import java.io.IOException;

/** Passes on some entries, and the directories that lead to them. One thread. */
public final class SelectedEntries implements ArchiveSink {
    private final Selection selection;
    private final ArchiveSink sink;
    private boolean isTaking;

    public SelectedEntries(Selection selection, ArchiveSink sink) {
        this.selection = selection;
        this.sink = sink;
    }

    @Override
    public void makeDirectory(String path) throws IOException {
        if (selection.leadsThrough(path)) {
            sink.makeDirectory(path);
        }
    }

    @Override
    public void beginFile(String path, boolean executable) throws IOException {
        isTaking = selection.takes(path);
        if (isTaking) {
            sink.beginFile(path, executable);
        }
    }

    @Override
    public void write(byte[] bytes, int count) throws IOException {
        if (isTaking) {
            sink.write(bytes, count);
        }
    }

    @Override
    public void endFile() throws IOException {
        if (isTaking) {
            sink.endFile();
        }
    }

    @Override
    public void makeSymbolicLink(String path, String target) throws IOException {
        if (selection.takes(path)) {
            sink.makeSymbolicLink(path, target);
        }
    }

    @Override
    public void makeHardLink(String path, String existing) throws IOException {
        if (!selection.takes(path)) {
            return;
        }
        if (!selection.takes(existing)) {
            throw ArchiveRefusedException.entry(
                    Fault.UNSUPPORTED,
                    path,
                    "is another name of a file that is not needed by itself; pack it as a file");
        }
        sink.makeHardLink(path, existing);
    }

    @Override
    public void makeExecutable(String path) throws IOException {
        if (selection.takes(path)) {
            sink.makeExecutable(path);
        }
    }
}
