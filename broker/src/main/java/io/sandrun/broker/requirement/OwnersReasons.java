package io.sandrun.broker.requirement;

import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.protocol.ClosedCause;
import io.sandrun.protocol.OwnerTerms;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** Says of a job that waits how far the owners of nodes are the cause. */
final class OwnersReasons {
    private static final DateTimeFormatter MINUTES =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneOffset.UTC);

    private OwnersReasons() {}

    /** How many nodes are as a word says: of one, of more. */
    private record Words(String one, String more) {
        String of(long count) {
            return count + " " + (count == 1 ? one : more);
        }
    }

    private static final Words OTHERWISE = new Words("takes no work now", "take no work now");
    private static final Words OTHER_KEYS =
            new Words("runs jobs of other API keys only", "run jobs of other API keys only");

    private static Words words(String code) {
        return ClosedCause.named(code)
                .map(cause -> switch (cause) {
                    case PAUSED -> new Words("is paused by its owner", "are paused by their owners");
                    case HOURS -> new Words("is outside its hours", "are outside their hours");
                    case BATTERY -> new Words("is on battery", "are on battery");
                    case LOAD -> new Words("is busy with other programs", "are busy with other programs");
                    case DISK -> new Words("is short of disk", "are short of disk");
                })
                .orElse(OTHERWISE);
    }

    /** Empty where no node that could run the job is kept from it by its owner. */
    static Optional<String> explain(NodeRegistry registry, RequirementClass needs, String client) {
        List<Node> fitting = registry.live().stream()
                .filter(node -> !node.isDrained() && !node.isBarred() && needs.isMetBy(node))
                .toList();
        Map<String, Long> closed = new TreeMap<>();
        fitting.stream()
                .filter(node -> node.takesJobsOf(client))
                .flatMap(node -> closure(node).stream())
                .forEach(why -> closed.merge(why.code(), 1L, Long::sum));
        StringBuilder text = new StringBuilder();
        closed.forEach((code, count) -> append(text, words(code), count));
        append(text, OTHER_KEYS, count(fitting, node -> !node.takesJobsOf(client)));
        return text.isEmpty() ? Optional.empty() : Optional.of(text + next(fitting, client) + ".");
    }

    /** Empty where one of the nodes that could run the job has room for it beside those that it has. */
    static Optional<String> shortOfMemory(List<Node> fitting, ToLongFunction<Node> leftMb, long wantedMb) {
        // Its owner may have taken some back from a node whose jobs go on.
        long mostLeftMb = 0;
        for (Node node : fitting) {
            mostLeftMb = Math.max(mostLeftMb, leftMb.applyAsLong(node));
            if (mostLeftMb >= wantedMb) {
                return Optional.empty();
            }
        }
        return Optional.of("memory: "
                + (fitting.size() == 1
                        ? "the node that could run it has "
                        : "none of the " + fitting.size() + " nodes that could run it has more than ")
                + mostLeftMb + " MiB left of what its owner lets jobs have, and this one may take " + wantedMb
                + " with its files");
    }

    private static void append(StringBuilder text, Words words, long count) {
        if (count > 0) {
            text.append(text.isEmpty() ? "Of the nodes that could run it, " : ", ")
                    .append(words.of(count));
        }
    }

    /** When the first of them takes work again, as far as that is known. */
    private static String next(List<Node> fitting, String client) {
        return fitting.stream()
                .filter(node -> node.takesJobsOf(client))
                .flatMap(node -> closure(node).stream())
                .map(OwnerTerms.Closed::until)
                .filter(Objects::nonNull)
                .min(Double::compare)
                .map(seconds -> "; one may take work again at "
                        + MINUTES.format(Instant.ofEpochSecond(seconds.longValue())) + " UTC")
                .orElse("");
    }

    private static Optional<OwnerTerms.Closed> closure(Node node) {
        return Optional.ofNullable(node.capabilities().ownerTerms().closed());
    }

    private static long count(List<Node> nodes, Predicate<Node> wanted) {
        return nodes.stream().filter(wanted).count();
    }
}
