package io.sandrun.broker.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.broker.reputation.Standing;
import io.sandrun.broker.reputation.Terms;
import io.sandrun.broker.requirement.PendingReason;
import io.sandrun.broker.requirement.RequirementClass;
import io.sandrun.broker.requirement.RequirementClasses;
import io.sandrun.broker.store.CopyRow;
import io.sandrun.broker.store.CopyTable;
import io.sandrun.broker.store.CopyTable.Place;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.Store;
import io.sandrun.protocol.JobState;
import io.sandrun.protocol.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Says how jobs stand that several nodes run. What a node answered is not told before it is known whether it fits. */
public final class VerifiedJobs {
    private static final List<String> ORDINALS = List.of("first", "second", "third", "fourth", "fifth");

    private final Store store;
    private final NodeRegistry registry;
    private final RequirementClasses classes;
    private final PendingReason pendingReason;
    private final BiPredicate<Node, List<Place>> mayHave;
    private final Function<String, Optional<Standing>> standings;
    private final Duration patience;

    /**
     * @param mayHave whether a node may have a copy of a job of which others are or were at these places
     * @param standings what a node is worth now, by its key, or its id if it has none
     * @param patience how long a job waits while no such node is there
     */
    public VerifiedJobs(
            Store store,
            NodeRegistry registry,
            RequirementClasses classes,
            BiPredicate<Node, List<Place>> mayHave,
            Function<String, Optional<Standing>> standings,
            Duration patience) {
        this.store = store;
        this.registry = registry;
        this.classes = classes;
        this.pendingReason = new PendingReason(store, registry, classes);
        this.mayHave = mayHave;
        this.standings = standings;
        this.patience = patience;
    }

    /**
     * How a job was verified, or is about to be.
     *
     * @param executions how often nodes were handed it
     * @param decision null as long as there is none; and of a job that was given an earlier one's result: see there
     */
    public record Verification(
            int replicas,
            int quorum,
            int executions,
            List<Copy> copies,
            @Nullable Decision decision) {}

    /**
     * One copy.
     *
     * @param digest of its answer, like {@code agrees} not told before the job is decided
     * @param agrees whether it says what was believed; null if it did not answer, or nothing was believed
     * @param check whether it was sent out when the answer was known
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Copy(
            String jobId,
            @Nullable String workerId,
            @Nullable String nodeId,
            JobState state,
            @Nullable Outcome code,
            @Nullable String digest,
            @Nullable Boolean agrees,
            boolean check) {}

    /**
     * What came of it.
     *
     * @param basis {@code word} of a proven node, {@code proven} nodes that agree, or {@code quorum}; null if no answer
     *     was believed
     * @param jobId the copy whose answer the job was given
     * @param standing of a word, what its node is worth now: it may have been found out since
     */
    public record Decision(
            @Nullable String basis,
            @Nullable String jobId,
            @Nullable String digest,
            @Nullable Standing standing,
            String reason) {}

    /** The copies of a job as they are now, in the order in which they were made; of one that is not verified, none. */
    List<CopyRow> copies(JobRow job) {
        return job.isHandedOut()
                ? List.of()
                : store.read(tables -> tables.copies().ofJob(job.seq()));
    }

    /** Null for a job that is not verified. */
    @Nullable
    Verification of(JobRow job, List<CopyRow> copies) {
        Terms terms = job.verify();
        if (terms == null) {
            return null;
        }
        Decision decision = job.state().isFinal() && job.cachedFrom() == null ? decision(job) : null;
        return new Verification(
                terms.replicas(),
                terms.quorum(),
                (int) copies.stream().filter(copy -> copy.worker() != null).count(),
                copies.stream().map(copy -> copy(copy, decision)).toList(),
                decision);
    }

    private Decision decision(JobRow job) {
        return store.read(tables -> tables.copies().verification(job.seq()))
                .filter(drawn -> drawn.acceptedSeq() != null)
                .map(drawn -> new Decision(
                        drawn.basis(), drawn.acceptedId(), drawn.acceptedDigest(), standingOfWord(drawn), job.reason()))
                .orElseGet(() -> new Decision(null, null, null, null, job.reason()));
    }

    private @Nullable Standing standingOfWord(CopyTable.Verification drawn) {
        return drawn.isWord()
                ? Optional.ofNullable(drawn.acceptedWorker()).flatMap(standings).orElse(null)
                : null;
    }

    private static Copy copy(CopyRow copy, @Nullable Decision decision) {
        String digest = decision == null ? null : copy.digest();
        String believed = decision == null ? null : decision.digest;
        Boolean agrees = (believed == null || digest == null) ? null : Boolean.valueOf(digest.equals(believed));
        return new Copy(
                copy.id(),
                copy.worker(),
                copy.nodeId(),
                copy.state(),
                decision == null ? null : copy.outcome(),
                digest,
                agrees,
                copy.isCheck());
    }

    /** The copy whose answer a job was given: it was attempted, and the signature on the answer names it. */
    Optional<JobRow> acceptedCopy(JobRow job) {
        return job.isHandedOut()
                ? Optional.empty()
                : store.read(tables -> tables.copies()
                        .verification(job.seq())
                        .map(CopyTable.Verification::acceptedSeq)
                        .flatMap(tables.jobs()::find));
    }

    /** The verified job of a copy. */
    Optional<JobRow> jobOf(JobRow copy) {
        Long jobSeq = copy.copyOf();
        return jobSeq == null
                ? Optional.empty()
                : store.read(tables -> tables.jobs().find(jobSeq));
    }

    /** Whether it may be told what a job answered. */
    boolean isShown(JobRow job) {
        return store.read(tables -> tables.copies().isShown(job));
    }

    /** That of a job's copies which is the next to be handed out; empty if none waits. */
    Optional<JobRow> nextCopy(List<CopyRow> copies) {
        return copies.stream()
                .filter(copy -> copy.state() == JobState.PENDING)
                .findFirst()
                .flatMap(copy -> store.read(tables -> tables.jobs().find(copy.seq())));
    }

    /** What a job waits for whose first copy a node has or had; empty before that. */
    Optional<String> whyItWaits(JobRow job, List<CopyRow> copies) {
        long placed = copies.stream()
                .filter(copy -> copy.worker() != null && copy.state() != JobState.PENDING)
                .count();
        if (placed == 0) {
            return Optional.empty();
        }
        if (copies.stream().anyMatch(copy -> copy.state() == JobState.PENDING)) {
            return Optional.of(whyACopyWaits(job, placed, copies.size()));
        }
        long ended = copies.stream().filter(copy -> copy.state().isFinal()).count();
        return Optional.of("Its copies are with nodes: " + ended + " of " + placed + " have ended.");
    }

    private String whyACopyWaits(JobRow job, long placed, int all) {
        String count = placed + " of " + all + " copies " + (placed == 1 ? "is placed." : "are placed.");
        List<Place> places = store.read(tables -> tables.copies().places(job.seq()));
        Optional<RequirementClass> needs = classes.find(job.classId());
        List<Node> fitting = needs.map(known -> registry.working().stream()
                        .filter(node -> node.takesJobsOf(job.client()) && known.isMetBy(node))
                        .toList())
                .orElse(List.of());
        List<Node> free =
                fitting.stream().filter(node -> mayHave.test(node, places)).toList();
        if (!free.isEmpty()) {
            return needs.flatMap(known -> pendingReason.shortOfMemory(free, known))
                    .map(memory -> "A copy waits for " + memory + ". " + count)
                    .orElse("A copy waits for a free slot: " + count);
        }
        long owners = places.stream().map(Place::owner).distinct().count();
        String sentence = "It waits for a node of a " + ordinal((int) owners + 1) + " owner: " + count + until(job);
        boolean isAddressInTheWay = fitting.stream()
                .anyMatch(
                        node -> places.stream().noneMatch(place -> place.owner().equals(node.owner())));
        return isAddressInTheWay
                ? sentence + " Nodes at one address count as one, unless the broker has --verify-same-address."
                : sentence;
    }

    /** Nothing if nobody has noticed yet that such a node is not there. */
    private String until(JobRow job) {
        return store.read(tables -> tables.copies().verification(job.seq()))
                .map(CopyTable.Verification::aloneSinceMs)
                .map(sinceMs -> " If none comes until " + JobStatuses.text(sinceMs + patience.toMillis())
                        + " UTC, it ends with what it has.")
                .orElse("");
    }

    private static String ordinal(int number) {
        return number <= ORDINALS.size() ? ORDINALS.get(number - 1) : number + "th";
    }
}
