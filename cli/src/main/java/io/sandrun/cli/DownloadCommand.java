package io.sandrun.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Fetches what a job left behind. */
@Command(
        name = "download",
        mixinStandardHelpOptions = true,
        description = "Fetches the files that a job left behind, or one of them.")
final class DownloadCommand implements Callable<Integer> {
    @Mixin
    BrokerOptions broker = new BrokerOptions();

    @Parameters(index = "0", paramLabel = "JOB", description = "The job's id.")
    String jobId = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "PATH", description = "The only file that is wanted.")
    @Nullable
    String path;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            description = "Where to put them (default: here).")
    Path target = Path.of("");

    @Option(names = "--archive", description = "Keep them packed, as JOB.tar.gz.")
    boolean archive;

    @Option(names = "--force", description = "Overwrite files that are there.")
    boolean force;

    @Override
    public Integer call() throws IOException {
        if (archive && path != null) {
            throw new UsageException("--archive packs all files: name a PATH or give --archive, not both.");
        }
        OutputDownload download = new OutputDownload(broker.client(), jobId, target, force);
        if (archive) {
            download.archive();
        } else if (path != null) {
            download.one(path);
        } else {
            download.all();
        }
        return 0;
    }
}
