package io.sandrun.broker.verify;

import io.sandrun.broker.job.Allowance;
import io.sandrun.broker.job.HandOut;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.broker.pool.Pool;
import io.sandrun.broker.reputation.Reputation;
import io.sandrun.broker.reputation.Standing;
import io.sandrun.broker.requirement.RequirementClass;
import io.sandrun.broker.requirement.RequirementClasses;
import io.sandrun.broker.store.CopyTable.Place;
import io.sandrun.broker.store.ReputationTable.Known;
import io.sandrun.broker.store.Store;
import io.sandrun.broker.store.Tables;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What nodes are worth, in memory, since every claim asks for it; and how much they may have for that. The database is
 * read when the broker starts and inside decisions, and what these change is put here after their commit. Thread-safe.
 */
public final class Standings implements Allowance {
    private final Store store;
    private final Clock clock;
    private final NodeRegistry registry;
    private final Pool pool;
    private final RequirementClasses classes;
    private final boolean isAnyAddressGood;
    private final Map<String, Known> byWorker = new ConcurrentHashMap<>();

    /** Those of them that get no work: few. */
    private final Map<String, Known> barred = new ConcurrentHashMap<>();

    /**
     * @param pool whose nodes are judged if anybody may join
     * @param isAnyAddressGood whether copies of one job may be at one address
     */
    public Standings(
            Store store,
            Clock clock,
            NodeRegistry registry,
            Pool pool,
            RequirementClasses classes,
            boolean isAnyAddressGood) {
        this.store = store;
        this.clock = clock;
        this.registry = registry;
        this.pool = pool;
        this.classes = classes;
        this.isAnyAddressGood = isAnyAddressGood;
        store.read(tables -> tables.reputations().all()).forEach(this::changed);
    }

    /** What a node is known for. */
    public Reputation of(Node node) {
        Known known = byWorker.get(node.standingKey());
        return known != null ? known.reputation() : ofUnknown(node.owner(), node.address());
    }

    private Reputation ofUnknown(String owner, String address) {
        return isBesideBarred(owner, address) ? Reputation.besideBarred() : Reputation.NEWCOMER;
    }

    /** Likewise inside a decision, from the database: a node without a word there is new. */
    Known of(Tables tables, String worker, String owner, String address) {
        Reputation reputation =
                tables.reputations().find(worker).map(Known::reputation).orElseGet(() -> ofUnknown(owner, address));
        return new Known(worker, owner, address, reputation);
    }

    /** Gives a node another chance: it is new again. What it did stays on record. */
    public CompletableFuture<Reputation> forgive(Node node) {
        long nowMs = clock.millis();
        return store.write(
                tables -> {
                    Known known = of(tables, node.standingKey(), node.owner(), node.address());
                    Known forgiven = known.with(known.reputation().forgiven());
                    tables.reputations().save(forgiven, nowMs);
                    return forgiven;
                },
                forgiven -> {
                    changed(forgiven);
                    return forgiven.reputation();
                });
    }

    /** Whether what nodes answer counts for and against them. */
    public boolean areNodesJudged() {
        return !pool.isTrusted();
    }

    private boolean isBesideBarred(String owner, String address) {
        return barred.values().stream()
                .anyMatch(known -> known.owner().equals(owner)
                        || (!isAnyAddressGood && known.address().equals(address)));
    }

    /** After the commit that changed it. */
    void changed(Known known) {
        byWorker.put(known.worker(), known);
        boolean isBarred = known.reputation().standing() == Standing.BARRED;
        if (isBarred) {
            barred.put(known.worker(), known);
        } else {
            barred.remove(known.worker());
        }
        Node node = registry.ofStanding(known.worker());
        if (node != null) {
            node.barred(areNodesJudged() && isBarred);
        }
    }

    /** After the commit that forgot them. */
    void forget(List<String> workers) {
        workers.forEach(worker -> {
            byWorker.remove(worker);
            barred.remove(worker);
        });
    }

    /** What is known now of a node that answered once; empty where nodes are not judged, or it is forgotten. */
    public Optional<Standing> now(String worker) {
        return areNodesJudged()
                ? Optional.ofNullable(byWorker.get(worker))
                        .map(known -> known.reputation().standing())
                : Optional.empty();
    }

    @Override
    public int jobs(Tables tables, Node node, int wanted) {
        if (!areNodesJudged()) {
            OptionalInt most = pool.maxConcurrentJobs(node.workerId());
            // One that is not on the list (any more) has no number there.
            return most.isEmpty() ? 0 : Math.min(wanted, left(most.getAsInt(), tables, node));
        }
        return switch (of(node).standing()) {
            case NEW, PROVEN -> wanted;
            case DOUBTED -> Math.min(wanted, left(1, tables, node));
            case BARRED -> 0;
        };
    }

    /** Whether any node can serve a client's job of this class, and may have a copy, by where others are or were. */
    boolean isAnyoneLeft(long classId, String client, List<Place> apart) {
        Optional<RequirementClass> needs = classes.find(classId);
        return registry.isAnyWorking(node -> node.takesJobsOf(client)
                && HandOut.mayHave(node, apart, isAnyAddressGood)
                && needs.map(known -> known.isMetBy(node)).orElse(true));
    }

    /** Whether nodes had the time to come back after the broker's start, so that those who are not there are gone. */
    boolean isPoolKnown() {
        return registry.isGraceOver();
    }

    private static int left(int most, Tables tables, Node node) {
        return Math.max(0, most - tables.jobs().countHeld(node.id()));
    }

    @Override
    public int copies(Tables tables, Node node) {
        int most = areNodesJudged() ? of(node).copiesAtOnce() : Integer.MAX_VALUE;
        return most == Integer.MAX_VALUE
                ? most
                : Math.max(0, most - tables.copies().countHeld(node.id()));
    }

    @Override
    public boolean isAnyAddressGood() {
        return isAnyAddressGood;
    }
}
