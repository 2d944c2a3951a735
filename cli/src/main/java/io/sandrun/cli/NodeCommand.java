package io.sandrun.cli;

import io.sandrun.node.NodeAgent;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves as node until told to stop. */
@Command(name = "node", mixinStandardHelpOptions = true, description = "Serves as node: runs what a broker has for it.")
final class NodeCommand implements Callable<Integer> {
    @Option(
            names = {"--broker", "--url"},
            paramLabel = "URL",
            description = "The broker's address (default: $SANDRUN_URL, else http://127.0.0.1:8000).")
    @Nullable
    String broker;

    @Mixin
    TrustOptions trust = new TrustOptions();

    @Mixin
    NodeServerOptions options = new NodeServerOptions();

    @Mixin
    DataOption data = new DataOption();

    @Override
    public Integer call() throws Exception {
        ServerLog.open();
        BrokerOptions address = new BrokerOptions();
        address.url = broker;
        address.trust = trust;
        try (Services services = new Services()) {
            NodeAgent node = services.add(NodeAgent.start(options.config(address.address(), data.node())));
            NodeGreeting.tell(node);
            services.awaitStop();
        }
        return 0;
    }
}
