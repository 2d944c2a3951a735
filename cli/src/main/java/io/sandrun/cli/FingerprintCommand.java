package io.sandrun.cli;

import io.sandrun.broker.Broker;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.tls.CertificateFile;
import io.sandrun.protocol.tls.Fingerprint;
import io.sandrun.protocol.tls.ShownCertificate;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** By what a broker's certificate is known. */
@Command(
        name = "fingerprint",
        mixinStandardHelpOptions = true,
        description =
                "Prints the fingerprint of a certificate: of the one that this machine's broker made for itself, of "
                        + "one in a file, or of what is shown at an address.")
final class FingerprintCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "FILE|URL",
            description = "A certificate, PEM, or https://host:port; who answers there may be anybody.")
    @Nullable
    String place;

    @Mixin
    DataOption data = new DataOption();

    @Option(names = "--json", description = "Print it as JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        if (place == null) {
            say(own().toString());
        } else if (place.startsWith("https://")) {
            look(BrokerOptions.parse(place));
        } else if (place.startsWith("http://")) {
            throw new UsageException("%s shows no certificate: write its address as https://.".formatted(place));
        } else {
            say(ofFile(Path.of(place)).toString());
        }
        return 0;
    }

    private void say(String fingerprint) {
        Console.say(json ? Json.write(Map.of("fingerprint", fingerprint)) : fingerprint);
    }

    private void look(URI address) throws IOException {
        say(ShownCertificate.at(address).toString());
        Console.tell(
                "this is what answers there now, be it the broker or somebody in between: compare it with what the "
                        + "broker printed when it started, on its own machine, before you pin it");
    }

    private Fingerprint own() throws IOException {
        Path file = data.broker().resolve(Broker.CERTIFICATE);
        if (!Files.exists(file)) {
            throw new IOException("No broker with data in %s has made a certificate: start it with --tls, or name the "
                            .formatted(data.broker())
                    + "file of yours.");
        }
        return ofFile(file);
    }

    private static Fingerprint ofFile(Path file) throws IOException {
        return Fingerprint.of(CertificateFile.read(file).get(0));
    }
}
