package io.sandrun.benchmarks;

import io.sandrun.protocol.identity.NodeKey;
import io.sandrun.protocol.identity.SealedRequest;
import io.sandrun.protocol.identity.SessionSecret;
import io.sandrun.protocol.identity.WorkerKey;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;

/**
 * What a signature costs a node and a broker, beside that of the JDK's own Ed25519; and what the seals cost by which
 * each request of a session and its answer are known. One thread.
 */
public final class Signatures {
    private static final int MESSAGE_BYTES = 250;

    /** Those of a report with its receipt, and of the answer to it. */
    private static final int REPORT_BYTES = 1_500;

    private static final int ANSWER_BYTES = 40;

    private static final String VERB = "POST";
    private static final String PATH = "/complete";
    private static final int OK = 200;

    private Signatures() {}

    public static void main(String[] args) throws Exception {
        Machine.print();
        byte[] message = new byte[MESSAGE_BYTES];
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] theirs = signedByJdk(pair, message);
        NodeKey key = NodeKey.generate();
        WorkerKey worker = WorkerKey.of(key.workerId()).orElseThrow();
        byte[] ours = key.sign(message);
        double[] micros = Repeated.micros(
                () -> signedByJdk(pair, message).length == theirs.length,
                () -> key.sign(message).length == ours.length,
                () -> isVerifiedByJdk(pair, message, theirs),
                () -> worker.hasSigned(message, ours),
                () -> WorkerKey.of(key.workerId()).isPresent());
        System.out.printf("%-34s %10s %10s%n", "microseconds", "JDK", "ours");
        System.out.printf("%-34s %10.1f %10.1f%n", "to sign", micros[0], micros[1]);
        System.out.printf("%-34s %10.1f %10.1f%n", "to verify", micros[2], micros[3]);
        System.out.printf("%-34s %10s %10.1f%n", "to look at a key for the first time", "", micros[4]);
        System.out.printf(
                "JDK / ours: sign %.1f, verify %.1f, verify with a new key %.1f%n",
                micros[0] / micros[1], micros[2] / micros[3], micros[2] / (micros[3] + micros[4]));
        seals();
    }

    /** Each end computes the two seals of a request and its answer: the one that it makes, the other that it checks. */
    private static void seals() throws Exception {
        String token = "t".repeat(43);
        SessionSecret.Half node = SessionSecret.half();
        SessionSecret secret =
                node.withBroker(SessionSecret.half().publicHalf(), token).orElseThrow();
        byte[] report = new byte[REPORT_BYTES];
        byte[] answer = new byte[ANSWER_BYTES];
        SealedRequest sealed = secret.seal(token, 1, VERB, PATH, report);
        String ofAnswer = secret.sealOfAnswer(sealed, OK, answer);
        double[] micros = Repeated.micros(
                () -> secret.seal(token, 1, VERB, PATH, report).equals(sealed),
                () -> secret.fits(sealed, VERB, PATH, report),
                () -> secret.sealOfAnswer(sealed, OK, answer).equals(ofAnswer),
                () -> secret.fitsAnswer(sealed, OK, answer, ofAnswer));
        System.out.printf("%n%-34s %10s%n", "microseconds of a call in a session", "");
        System.out.printf("%-34s %10.1f%n", "node: seals its report", micros[0]);
        System.out.printf("%-34s %10.1f%n", "broker: checks that", micros[1]);
        System.out.printf("%-34s %10.1f%n", "broker: seals its answer", micros[2]);
        System.out.printf("%-34s %10.1f%n", "node: checks that", micros[3]);
    }

    private static byte[] signedByJdk(KeyPair pair, byte[] message) throws Exception {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(pair.getPrivate());
        signature.update(message);
        return signature.sign();
    }

    private static boolean isVerifiedByJdk(KeyPair pair, byte[] message, byte[] signed) throws Exception {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initVerify(pair.getPublic());
        signature.update(message);
        return signature.verify(signed);
    }
}
