package io.sandrun.broker.tls;

import io.sandrun.broker.OwnNames;
import io.sandrun.broker.SettingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate that the broker shows now. Files that change are read again, since whoever renews certificates writes
 * over them; what cannot be used is told once, and the one that was good is kept. Thread-safe.
 */
public final class TlsCertificate implements Runnable {
    /** Looking costs two small reads. */
    public static final Duration INTERVAL = Duration.ofSeconds(2);

    /** Renewals are done weeks before the end; one that is this near has been forgotten. */
    private static final Duration END_IS_NEAR = Duration.ofDays(7);

    private static final Logger LOG = LoggerFactory.getLogger(TlsCertificate.class);

    private final Path certificateFile;
    private final Path keyFile;
    private final boolean isGiven;
    private final Clock clock;
    private TlsIdentity now;
    private int seen;
    private boolean endIsTold;
    private Consumer<TlsIdentity> listener = identity -> {};

    private TlsCertificate(TlsChoice.Given files, boolean isGiven, Clock clock) {
        this.certificateFile = files.certificate();
        this.keyFile = files.key();
        this.isGiven = isGiven;
        this.clock = clock;
        this.seen = content();
        this.now = PemIdentity.read(certificateFile, keyFile, clock.instant());
    }

    /**
     * The one that was chosen; made where none was given and there is none from an earlier start.
     *
     * @param made the file for one that is made, key and certificate
     * @param bindHost where the broker listens: that and the machine's names are what a certificate is made for
     * @return empty where the choice is to have none
     * @throws SettingException if it cannot be used; the message names the file
     */
    public static Optional<TlsCertificate> open(TlsChoice choice, Path made, String bindHost, Clock clock) {
        if (!choice.isOn()) {
            return Optional.empty();
        }
        if (choice.given().isPresent()) {
            return Optional.of(new TlsCertificate(choice.given().get(), true, clock));
        }
        try {
            if (!Files.exists(made)) {
                SelfSigned.make(made, OwnNames.of(bindHost), clock.instant());
            }
        } catch (IOException unwritable) {
            throw new SettingException("tls", "A certificate cannot be written to " + made + ": " + unwritable);
        }
        return Optional.of(new TlsCertificate(new TlsChoice.Given(made, made), false, clock));
    }

    public synchronized TlsIdentity now() {
        return now;
    }

    /** Whether its owner gave it, so that browsers may hold the host to it. */
    public boolean isGiven() {
        return isGiven;
    }

    /** Tells this one, and none before it, of each new certificate. */
    public synchronized void onChange(Consumer<TlsIdentity> heard) {
        listener = heard;
    }

    /** Looks whether the files have changed. */
    @Override
    public synchronized void run() {
        int content = content();
        if (content != seen) {
            seen = content;
            takeUp();
        }
        Instant end = now.endsAt();
        if (!endIsTold && clock.instant().plus(END_IS_NEAR).isAfter(end)) {
            endIsTold = true;
            LOG.warn("The certificate in {} runs out on {}: renew it", certificateFile, end);
        }
    }

    private void takeUp() {
        try {
            TlsIdentity next = PemIdentity.read(certificateFile, keyFile, clock.instant());
            if (!next.equals(now)) {
                now = next;
                endIsTold = false;
                listener.accept(next);
                LOG.info("The certificate is {} from now on", next.fingerprint());
            }
        } catch (SettingException unusable) {
            LOG.warn("The certificate stays {}: {}", now.fingerprint(), unusable.getMessage());
        }
    }

    /** A number that changes with what is in the files. */
    private int content() {
        try {
            return 31 * Arrays.hashCode(beginning(certificateFile)) + Arrays.hashCode(beginning(keyFile));
        } catch (IOException unreadable) {
            return 0;
        }
    }

    private static byte[] beginning(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(PemIdentity.FILE_BYTES_MAX);
        }
    }
}
