package io.sandrun.cli;

import io.sandrun.node.HealthPort;
import io.sandrun.node.NodeAgent;
import io.sandrun.protocol.BrokerException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves as node until told to stop. */
@Command(name = "node", mixinStandardHelpOptions = true, description = "Serves as node: runs what a broker has for it.")
final class NodeCommand implements Callable<Integer> {
    private static final int PORT_MAX = 65_535;

    @Option(
            names = {"--broker", "--url"},
            paramLabel = "URL",
            description = BrokerOptions.DESCRIPTION)
    @Nullable
    String broker;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Answer GET /health on a port of the node's own, 0 for any (default: no port).")
    @Nullable
    Integer port;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "The address to listen on with --port (default: ${DEFAULT-VALUE}).")
    String host = "127.0.0.1";

    @Option(
            names = "--try",
            description =
                    "Only see whether the broker takes this node, and leave again: exits with 75 where the node is "
                            + "not on the list of a trusted pool, with 77 where the broker does not want its API key.")
    boolean isTrial;

    @Mixin
    TrustOptions trust = new TrustOptions();

    @Mixin
    ApiKeyOptions apiKey = new ApiKeyOptions();

    @Mixin
    NodeServerOptions options = new NodeServerOptions();

    @Mixin
    DataOption data = new DataOption();

    @Mixin
    ServerLog log = new ServerLog();

    @Override
    public Integer call() throws Exception {
        if (port != null && (port < 0 || port > PORT_MAX)) {
            throw new UsageException("--port must be 0 to %d, not %d.".formatted(PORT_MAX, port));
        }
        log.open();
        BrokerOptions address = new BrokerOptions();
        address.url = broker;
        address.trust = trust;
        address.apiKey = apiKey;
        CompletableFuture<BrokerException> dismissed;
        try (Services services = new Services()) {
            NodeAgent node = services.add(NodeAgent.start(options.config(address.address(), data.node())));
            dismissed = node.dismissed();
            var unused = dismissed.thenRun(services::stop);
            if (port != null) {
                HealthPort health = services.add(HealthPort.open(host, port, node));
                Console.tell("answers /health on port " + health.port());
            }
            NodeGreeting.tell(node);
            if (isTrial) {
                return NodeTrial.of(node);
            }
            services.awaitStop();
        }
        if (dismissed.isDone()) {
            Console.complain(
                    "the broker does not serve this node: " + dismissed.join().getMessage());
            return Sandrun.EXIT_REFUSED;
        }
        return 0;
    }
}
