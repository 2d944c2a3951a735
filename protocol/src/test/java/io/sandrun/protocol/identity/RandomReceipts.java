package io.sandrun.protocol.identity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.JobFiles.Form;
import io.sandrun.protocol.JobFiles.Input;
import io.sandrun.protocol.JobLimits;
import io.sandrun.protocol.NodeMessages.AttemptReport;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.NodeMessages.Usage;
import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.OutputReport;
import io.sandrun.protocol.identity.AttemptAccount.Course;
import io.sandrun.protocol.identity.AttemptAccount.NodeClock;
import io.sandrun.protocol.identity.AttemptAccount.Task;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Receipts of attempts that never were, with all values that JSON can carry, and genuine all the same. */
final class RandomReceipts {
    private static final double[] ODD_NUMBERS = {
        0.0,
        -0.0,
        Double.MIN_VALUE,
        -Double.MIN_VALUE,
        Double.MIN_NORMAL,
        Double.MAX_VALUE,
        1e16,
        1e-5,
        9007199254740992.0,
        0.1 + 0.2,
        2e-3,
        1e22
    };
    private static final String ODD_CHARACTERS =
            "\"\\/\n\r\t\b\f\u0000\u001f\u007f\u0080\u00e9\u2028\uffff\ud800\udc00aZ ~";

    private static final List<Outcome> OUTCOMES = List.of(Outcome.values());

    private final Random random;
    private final NodeKey[] keys = {NodeKey.generate(), NodeKey.generate(), NodeKey.generate()};

    RandomReceipts(Random random) {
        this.random = random;
    }

    /** One that the node signs, whole. */
    ObjectNode next() {
        NodeKey key = key();
        Complete report = report().signed(key);
        AttemptAccount account = Objects.requireNonNull(report.receipt());
        return Receipt.of(key.workerId(), account, report, SignedResult.of(report))
                .sealed(String.valueOf(account.signature()));
    }

    NodeKey key() {
        return keys[random.nextInt(keys.length)];
    }

    private Complete report() {
        byte[] printed = new byte[random.nextInt(20)];
        random.nextBytes(printed);
        AttemptReport attempt = new AttemptReport(
                OUTCOMES.get(random.nextInt(OUTCOMES.size())),
                text(),
                random.nextBoolean() ? null : random.nextInt(64),
                random.nextBoolean() ? null : Base64.getEncoder().encodeToString(printed),
                null,
                random.nextInt(100),
                random.nextInt(100),
                new Usage(number(), random.nextLong(), random.nextLong()),
                null,
                null,
                null,
                maybe(),
                outputs(),
                null);
        return new Complete("", text(), text(), text(), random.nextInt(), "lease", attempt, null, account());
    }

    private AttemptAccount account() {
        JobLimits limits = new JobLimits(
                number(),
                random.nextBoolean() ? null : number(),
                random.nextInt(),
                random.nextInt(),
                random.nextInt(),
                random.nextInt());
        Task task = new Task(
                random.nextInt(),
                text(),
                maybe(),
                maybe(),
                random.ints(random.nextInt(3))
                        .mapToObj(any -> new Input(digest(), random.nextLong(), Form.FILE, maybe()))
                        .toList(),
                maybe(),
                digest(),
                digest(),
                digest(),
                limits);
        NodeClock clock = new NodeClock(random.nextLong(), random.nextBoolean() ? null : random.nextLong(), null);
        return new AttemptAccount(task, new Course(maybe(), clock, digest(), digest()), null);
    }

    private OutputReport outputs() {
        TreeSet<String> paths = new TreeSet<>();
        IntStream.range(0, random.nextInt(4)).forEach(count -> paths.add(path() + count));
        List<OutputReport.File> files = paths.stream()
                .map(path -> new OutputReport.File(path, random.nextLong(), digest(), random.nextBoolean()))
                .toList();
        return new OutputReport(files, List.of(), random.nextInt(3));
    }

    /** Keys of JSON objects cannot have halves of characters everywhere, and names of files never do. */
    private String path() {
        return new String(text().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    String digest() {
        byte[] bytes = new byte[8];
        random.nextBytes(bytes);
        return Digest.of(bytes);
    }

    double number() {
        return switch (random.nextInt(4)) {
            case 0 -> ODD_NUMBERS[random.nextInt(ODD_NUMBERS.length)];
            case 1 -> finite(Double.longBitsToDouble(random.nextLong()));
            case 2 -> random.nextInt(1000);
            default -> Math.round(random.nextDouble() * 1e6) / 1e3;
        };
    }

    private static double finite(double number) {
        return Double.isFinite(number) ? number : 1;
    }

    /** Also with halves of characters, which JSON can carry as escapes. */
    String text() {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(8); left > 0; left--) {
            int kind = random.nextInt(3);
            if (kind == 0) {
                text.appendCodePoint(random.nextInt(Character.MAX_CODE_POINT + 1));
            } else {
                String from = kind == 1 ? ODD_CHARACTERS : "abc/.-0";
                text.append(from.charAt(random.nextInt(from.length())));
            }
        }
        return text.toString();
    }

    private @Nullable String maybe() {
        return random.nextInt(3) == 0 ? null : text();
    }
}
