package io.sandrun.cli;

import io.sandrun.protocol.Json;
import io.sandrun.protocol.identity.NodeKey;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a node's key. */
@Command(
        name = "keygen",
        mixinStandardHelpOptions = true,
        description = "Makes an Ed25519 key for a node and prints its worker id.")
final class KeygenCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "Where the key goes (PKCS#8 PEM, readable by its owner only).")
    Path file = Path.of("node.pem");

    @Option(names = "--json", description = "Print the worker id as JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        return make(file, json);
    }

    /** Makes a key and tells who it is. */
    static int make(Path file, boolean json) throws IOException {
        NodeKey key = NodeKey.generate();
        try {
            key.save(file);
        } catch (FileAlreadyExistsException taken) {
            throw new IOException(
                    "%s exists already, and a key is never overwritten. Name another file.".formatted(file));
        }
        if (json) {
            Console.say(Json.write(Map.of("file", file.toString(), "worker_id", key.workerId())));
        } else {
            Console.say("✅ Saved worker key to: " + file);
            Console.say("Worker ID: " + key.workerId());
        }
        return 0;
    }
}
