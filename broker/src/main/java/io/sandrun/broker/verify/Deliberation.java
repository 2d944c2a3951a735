package io.sandrun.broker.verify;

import io.sandrun.broker.FreshId;
import io.sandrun.broker.reputation.Copy;
import io.sandrun.broker.reputation.Decision;
import io.sandrun.broker.reputation.Decision.Accept;
import io.sandrun.broker.reputation.Decision.Add;
import io.sandrun.broker.reputation.Decision.Fail;
import io.sandrun.broker.reputation.Lot;
import io.sandrun.broker.reputation.Reputation;
import io.sandrun.broker.reputation.Terms;
import io.sandrun.broker.reputation.Verdict;
import io.sandrun.broker.reputation.Verification;
import io.sandrun.broker.store.CopyRow;
import io.sandrun.broker.store.CopyTable;
import io.sandrun.broker.store.CopyTable.Ending;
import io.sandrun.broker.store.CopyTable.Place;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.JobTable.Waiting;
import io.sandrun.broker.store.ReputationTable.Known;
import io.sandrun.broker.store.Tables;
import io.sandrun.protocol.JobState;
import io.sandrun.protocol.Outcome;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One look at a verified job and its copies, inside one transaction: what they have come to is written, and nothing
 * else. A second look finds nothing to do. Made for one look.
 */
final class Deliberation {
    private static final String DECIDED = "Its job was decided without it.";
    private static final String NOBODY_CAME = " For %d s no further node of another owner was there to be asked.";

    private final Tables tables;
    private final Standings standings;
    private final FreshId freshId;
    private final Duration patience;
    private final long nowMs;
    private final JobRow job;
    private final List<CopyRow> copies;
    private final Findings findings = new Findings();

    private Deliberation(
            Tables tables, Standings standings, FreshId freshId, Duration patience, long nowMs, JobRow job) {
        this.tables = tables;
        this.standings = standings;
        this.freshId = freshId;
        this.patience = patience;
        this.nowMs = nowMs;
        this.job = job;
        this.copies = copies(tables, job);
    }

    /**
     * Looks at a job; a job that is not verified, or forgotten, comes to nothing.
     *
     * @param patience how long it waits while no node is there that may have its next copy
     */
    static Findings on(
            long jobSeq, Tables tables, Standings standings, FreshId freshId, Duration patience, long nowMs) {
        Optional<JobRow> job = tables.jobs().find(jobSeq);
        Terms terms = job.map(JobRow::verify).orElse(null);
        return terms == null
                ? new Findings()
                : new Deliberation(tables, standings, freshId, patience, nowMs, job.get()).conclude(terms);
    }

    /** The copies, each with the digest of its answer. */
    private static List<CopyRow> copies(Tables tables, JobRow job) {
        CopyTable table = tables.copies();
        List<CopyRow> all = table.ofJob(job.seq());
        List<CopyRow> unread = all.stream()
                .filter(copy -> copy.isAnswered() && copy.digest() == null)
                .toList();
        unread.forEach(copy -> tables.results()
                .find(copy.seq())
                .ifPresent(result -> table.answered(
                        copy.seq(),
                        AnswerDigest.of(outcome(copy), result, tables.outputs().files(copy.seq())))));
        return unread.isEmpty() ? all : table.ofJob(job.seq());
    }

    private Findings conclude(Terms terms) {
        if (job.state() == JobState.PENDING) {
            decide(terms);
        } else {
            judgeLate();
        }
        unjudged().filter(CopyRow::isLost).forEach(copy -> judge(copy, Verdict.FAILED));
        if (findings.decided == null && job.state() == JobState.PENDING) {
            waitOn(terms);
        }
        return findings;
    }

    private void decide(Terms terms) {
        List<CopyRow> voting = copies.stream()
                .filter(copy -> !copy.isCheck() && copy.state() != JobState.CANCELLED)
                .toList();
        Decision decision = Verification.decide(terms, asSeen(voting), lot());
        if (decision instanceof Add more) {
            add(more.copies(), false);
        } else if (decision instanceof Accept accepted) {
            accept(accepted, voting);
        } else if (decision instanceof Fail failed) {
            fail(failed.evidence());
        }
    }

    private Optional<CopyTable.Verification> drawn() {
        return tables.copies().verification(job.seq());
    }

    private Lot lot() {
        return new Lot(drawn().map(CopyTable.Verification::lot)
                .orElseThrow(() -> new IllegalStateException("nothing was drawn for job " + job.id())));
    }

    private List<Copy> asSeen(List<CopyRow> voting) {
        return voting.stream().map(this::asSeen).toList();
    }

    private Copy asSeen(CopyRow copy) {
        if (copy.state() == JobState.PENDING) {
            return Copy.queued();
        }
        Reputation node = known(copy).reputation();
        String digest = copy.digest();
        if (!copy.state().isFinal()) {
            return Copy.at(node);
        }
        return digest == null ? Copy.lost(node) : Copy.answered(node, digest, outcome(copy));
    }

    private void add(int count, boolean isCheck) {
        for (int copy = 0; copy < count; copy++) {
            tables.copies()
                    .insert(job.seq(), freshId.job(), isCheck, null, nowMs)
                    .ifPresent(findings.added::add);
        }
    }

    private void accept(Accept accepted, List<CopyRow> voting) {
        CopyRow best = voting.stream()
                .filter(copy -> accepted.digest().equals(copy.digest()))
                // Standard error and the cost are not compared: those of the node that is known best are told.
                .max(Comparator.comparing(
                                (CopyRow copy) -> known(copy).reputation().streak())
                        .thenComparing(Comparator.comparing(CopyRow::seq).reversed()))
                .orElseThrow();
        Ending ending = new Ending(outcome(best), best.reason(), best.nodeId(), best.attempt());
        tables.copies().decide(job.seq(), ending, nowMs).ifPresent(ended -> {
            findings.decided = ended;
            tables.copies().accept(job.seq(), best.seq(), word(accepted.basis()));
            findings.outputBytes = tables.usage().outputBytes(job.seq());
            for (int index = 0; index < voting.size(); index++) {
                judge(voting.get(index), accepted.verdicts().get(index));
            }
            findings.withdrawn.addAll(tables.copies().withdrawPending(job.seq(), DECIDED, nowMs));
            findings.places = tables.copies().places(job.seq());
            // Where nobody is left to be tested, a check would only stand in the way of other copies.
            if (accepted.askAgain() && standings.isAnyoneLeft(job.classId(), job.client(), findings.places)) {
                add(1, true);
            }
        });
    }

    private void fail(String evidence) {
        Ending ending = new Ending(Outcome.VERIFICATION_FAILED, evidence, null, 0);
        tables.copies().decide(job.seq(), ending, nowMs).ifPresent(ended -> {
            findings.decided = ended;
            withdraw(tables, job.seq(), nowMs, findings);
        });
    }

    /** A copy that ended after the decision, or that was sent out when the answer was known. */
    private void judgeLate() {
        Optional<String> accepted = drawn().map(CopyTable.Verification::acceptedDigest);
        if (accepted.isEmpty()) {
            withdraw(tables, job.seq(), nowMs, findings);
            return;
        }
        unjudged()
                .filter(copy -> copy.isAnswered() && copy.digest() != null)
                .forEach(copy -> judge(copy, Verdict.of(asSeen(copy), accepted.get())));
    }

    /** Those without a verdict when this look began. */
    private Stream<CopyRow> unjudged() {
        return copies.stream().filter(copy -> copy.verdict() == null);
    }

    /** Once for each copy: the statement that notes the verdict is the guard of what follows from it. */
    private void judge(CopyRow copy, Verdict verdict) {
        if (verdict == Verdict.NONE || !tables.copies().judge(copy.seq(), word(verdict))) {
            return;
        }
        if (standings.areNodesJudged()) {
            Known before = known(copy);
            Known after = before.with(verdict.applyTo(before.reputation(), job.id()));
            tables.reputations().save(after, nowMs);
            findings.changed.add(after);
        }
    }

    private Known known(CopyRow copy) {
        String worker = copy.worker();
        Place place = copy.place();
        if (worker == null || place == null) {
            throw new IllegalStateException("copy " + copy.id() + " was with nobody");
        }
        if (!standings.areNodesJudged()) {
            // What it is known for is of another time, when anybody could join.
            return new Known(worker, place.owner(), place.address(), Reputation.NEWCOMER);
        }
        return standings.of(tables, worker, place.owner(), place.address());
    }

    /** Ends the copies of a job that nobody needs; those that nodes have are stopped by them. */
    static void withdraw(Tables tables, long jobSeq, long nowMs, Findings findings) {
        findings.withdrawn.addAll(tables.copies().withdrawPending(jobSeq, DECIDED, nowMs));
        findings.unneeded.addAll(tables.copies().withdrawLeased(jobSeq));
    }

    /** Copies that wait are told anew each time, since others may be at more places now. */
    private void waitOn(Terms terms) {
        findings.places = tables.copies().places(job.seq());
        copies.stream()
                .filter(copy -> copy.state() == JobState.PENDING)
                .forEach(copy -> findings.waiting.add(new Waiting(copy.id(), copy.classId(), job.client())));
        if (standings.isPoolKnown()) {
            waitFor(isAlone(), terms);
        }
    }

    /** Whether a further copy is needed and no node is there that may have it. Who lost one has said nothing so far. */
    private boolean isAlone() {
        if (!isStalled() || standings.isAnyoneLeft(job.classId(), job.client(), findings.places)) {
            return false;
        }
        if (!freeLostPlaces()) {
            return true;
        }
        findings.places = tables.copies().places(job.seq());
        return !standings.isAnyoneLeft(job.classId(), job.client(), findings.places);
    }

    /** As copy/walk_undecided.sql says. */
    private boolean isStalled() {
        return copies.stream().anyMatch(copy -> copy.state().isFinal())
                && copies.stream().allMatch(copy -> copy.state().isFinal() || copy.state() == JobState.PENDING);
    }

    /**
     * An owner whose node has lost a copy may try once more, and no oftener: whatever ails the node, or does not suit
     * it in the job, would make it lose copy after copy.
     */
    private boolean freeLostPlaces() {
        Map<String, List<CopyRow>> byOwner =
                copies.stream().filter(CopyRow::isLost).collect(Collectors.groupingBy(Deliberation::owner));
        boolean isAnyFree = false;
        for (List<CopyRow> lost : byOwner.values()) {
            isAnyFree |= lost.size() == 1
                    && tables.copies().freePlace(job.seq(), lost.get(0).seq());
        }
        return isAnyFree;
    }

    /** Notes since when nobody is there for it, or that somebody is; in the end what there is must do. */
    private void waitFor(boolean isAlone, Terms terms) {
        Long sinceMs = drawn().map(CopyTable.Verification::aloneSinceMs).orElse(null);
        if (isAlone == (sinceMs == null)) {
            sinceMs = isAlone ? Long.valueOf(nowMs) : null;
            tables.copies().alone(job.seq(), sinceMs);
        }
        if (sinceMs != null && nowMs - sinceMs >= patience.toMillis()) {
            giveUp(terms);
        }
    }

    private void giveUp(Terms terms) {
        List<CopyRow> voting = copies.stream()
                .filter(copy -> copy.isAnswered() || copy.isLost())
                .toList();
        Decision last = Verification.giveUp(terms, asSeen(voting), lot());
        if (last instanceof Accept accepted) {
            accept(accepted, voting);
        } else if (last instanceof Fail failed) {
            fail(failed.evidence() + NOBODY_CAME.formatted(patience.toSeconds()));
        }
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String owner(CopyRow copy) {
        Place place = copy.place();
        if (place == null) {
            throw new IllegalStateException("copy " + copy.id() + " was with nobody");
        }
        return place.owner();
    }

    private static Outcome outcome(CopyRow copy) {
        Outcome outcome = copy.outcome();
        if (outcome == null) {
            throw new IllegalStateException("copy " + copy.id() + " has no outcome yet");
        }
        return outcome;
    }
}
