package io.sandrun.cli;

import io.sandrun.broker.Broker;

/** What a broker that has started tells its owner. */
final class BrokerGreeting {
    private BrokerGreeting() {}

    static void tell(Broker broker) {
        broker.fingerprint()
                .ifPresent(shown ->
                        Console.tell("certificate %s (nodes and clients know it by --fingerprint)".formatted(shown)));
        Console.tell("listening at " + broker.url());
    }
}
