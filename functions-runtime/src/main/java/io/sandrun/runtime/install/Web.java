package io.sandrun.runtime.install;

import io.sandrun.runtime.Door;
import io.sandrun.runtime.output.InputTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What every installer needs to know to go through the door. Pure, but for looking for the certificates. */
final class Web {
    static final String PROXY = "http://127.0.0.1:" + Door.PORT;

    /** Debian's and Fedora's; both are in directories that sandboxes show. */
    private static final List<Path> BUNDLES = Stream.of(
                    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")
            .map(Path::of)
            .toList();

    private static final List<Path> SHOWN = Stream.of("/usr", "/etc/ssl/certs", "/etc/pki/tls/certs")
            .map(Path::of)
            .toList();

    private Web() {}

    /** The authorities that this machine believes, its owner's own among them. */
    static Optional<Path> certificates() {
        return BUNDLES.stream().filter(Web::isShown).findFirst();
    }

    private static boolean isShown(Path bundle) {
        try {
            Path real = bundle.toRealPath();
            return Files.isReadable(real) && SHOWN.stream().anyMatch(real::startsWith);
        } catch (IOException absent) {
            return false;
        }
    }

    /** For the installer and for what it starts. */
    static Map<String, String> variables() {
        Map<String, String> variables = new TreeMap<>();
        for (String name : List.of("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")) {
            variables.put(name, PROXY);
        }
        variables.put("no_proxy", "");
        variables.put("NO_PROXY", "");
        variables.put("HOME", "/tmp");
        // Compiled files then say which source they belong to by its content, and not by a time that is not kept.
        variables.put("SOURCE_DATE_EPOCH", Long.toString(InputTime.EPOCH_SECONDS));
        certificates().ifPresent(bundle -> {
            variables.put("SSL_CERT_FILE", bundle.toString());
            variables.put("REQUESTS_CA_BUNDLE", bundle.toString());
            variables.put("NODE_EXTRA_CA_CERTS", bundle.toString());
        });
        return variables;
    }
}
