package io.sandrun.cli;

import io.sandrun.broker.tls.TlsCertificate;
import io.sandrun.protocol.tls.Fingerprint;
import io.sandrun.protocol.tls.ShownCertificate;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** By what a broker's certificate is known. */
@Command(
        name = "fingerprint",
        mixinStandardHelpOptions = true,
        description =
                "Prints the fingerprint of the certificate that the broker of this machine made for itself, or of "
                        + "the one that is shown at an address.")
final class FingerprintCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "URL",
            description = "Where to look; what is shown there may be anybody's (default: the data of this machine).")
    @Nullable
    String url;

    @Mixin
    DataOption data = new DataOption();

    @Override
    public Integer call() throws IOException {
        if (url == null) {
            Console.say(own().toString());
            return 0;
        }
        URI address = BrokerOptions.parse(url);
        if (!"https".equals(address.getScheme())) {
            throw new UsageException("%s shows no certificate: write its address as https://.".formatted(url));
        }
        Console.say(ShownCertificate.at(address).toString());
        Console.tell("this is what answers there now, be it the broker or somebody in between. Compare it with what "
                + "`sandrun fingerprint` says on the broker's machine before you pin it.");
        return 0;
    }

    private Fingerprint own() throws IOException {
        return TlsCertificate.ofDirectory(data.broker())
                .orElseThrow(() -> new IOException(
                        "No broker with data in %s has made a certificate yet: start it with --tls, or name an address."
                                .formatted(data.broker())));
    }
}
