package io.sandrun.cli;

import io.sandrun.broker.mcp.AgentServer;
import io.sandrun.broker.mcp.ClientWorkbench;
import io.sandrun.broker.mcp.StandardStreams;
import java.io.BufferedInputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The tools for agents, for a program that starts this one and speaks with it over its standard streams. */
@Command(
        name = "mcp",
        mixinStandardHelpOptions = true,
        description = "Offers a broker's sandboxes to an agent as tools, by the Model Context Protocol on standard "
                + "input and output. docs/mcp.md tells how to enter it in common clients.")
final class McpCommand implements Callable<Integer> {
    @Mixin
    BrokerOptions broker = new BrokerOptions();

    @Override
    public Integer call() throws IOException {
        String version = Version.text();
        // The stream itself: nothing else may write a line between two messages.
        try (OutputStream out = new FileOutputStream(FileDescriptor.out);
                ClientWorkbench workbench = new ClientWorkbench(broker.client())) {
            new StandardStreams(new AgentServer(version), workbench, new BufferedInputStream(System.in), out).serve();
        }
        return 0;
    }
}
