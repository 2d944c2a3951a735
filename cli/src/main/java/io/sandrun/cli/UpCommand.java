package io.sandrun.cli;

import io.sandrun.broker.Broker;
import io.sandrun.node.NodeAgent;
import io.sandrun.protocol.identity.NodeKey;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The whole platform on one machine. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = "Serves as broker with a node on this machine and a page for the browser.")
final class UpCommand implements Callable<Integer> {
    private static final Duration REGISTRATION_PATIENCE = Duration.ofSeconds(30);

    @Mixin
    BrokerServerOptions brokerOptions = new BrokerServerOptions();

    @Mixin
    NodeServerOptions nodeOptions = new NodeServerOptions();

    @Mixin
    DataOption data = new DataOption();

    @Mixin
    ServerLog log = new ServerLog();

    @Override
    public Integer call() throws Exception {
        log.open();
        // Before anything serves, so that the first who asks is told who works here.
        String workerId = NodeKey.loadOrCreate(nodeOptions.keyFile(data.node())).workerId();
        try (Services services = new Services()) {
            Broker broker = services.add(Broker.start(brokerOptions
                    .config(data.broker())
                    .localWorkerId(workerId)
                    .allowUnsignedNodesOnLoopback()
                    .build()));
            BrokerGreeting.tell(broker);
            NodeAgent node = services.add(NodeAgent.start(
                    nodeOptions.config(broker.address().withApiKey(broker.localNodeKey()), data.node())));
            if (!node.awaitRegistration(REGISTRATION_PATIENCE)) {
                Console.complain("the node has not reached its own broker yet; it goes on trying");
            }
            NodeGreeting.tell(node);
            services.awaitStop();
        }
        return 0;
    }
}
