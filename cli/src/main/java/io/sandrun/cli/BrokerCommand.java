package io.sandrun.cli;

import io.sandrun.broker.Broker;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Serves as broker until told to stop. */
@Command(name = "broker", mixinStandardHelpOptions = true, description = "Serves as broker; nodes and clients call it.")
final class BrokerCommand implements Callable<Integer> {
    @Mixin
    BrokerServerOptions options = new BrokerServerOptions();

    @Mixin
    DataOption data = new DataOption();

    @Mixin
    ServerLog log = new ServerLog();

    @Override
    public Integer call() throws Exception {
        log.open();
        try (Services services = new Services()) {
            Broker broker =
                    services.add(Broker.start(options.config(data.broker()).build()));
            BrokerGreeting.tell(broker);
            services.awaitStop();
        }
        return 0;
    }
}
