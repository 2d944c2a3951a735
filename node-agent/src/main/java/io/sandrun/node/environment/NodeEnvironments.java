package io.sandrun.node.environment;

import io.sandrun.protocol.Capabilities;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Limits;
import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.Slot;
import io.sandrun.runtime.environment.EnvironmentDefinition;
import io.sandrun.runtime.environment.EnvironmentProbe;
import io.sandrun.runtime.environment.PreparedEnvironment;
import io.sandrun.runtime.environment.UnfitEnvironmentException;
import io.sandrun.runtime.interpreter.Interpreter;
import io.sandrun.runtime.interpreter.InterpreterProbe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The environments that a node offers: those that are declared, wanted and seen to work. Thread-safe: jobs look while
 * it is refreshed, and see the old or the new offer.
 */
public final class NodeEnvironments {
    private static final Logger log = LoggerFactory.getLogger(NodeEnvironments.class);

    /** A registration with everything else in it must stay within {@link Limits#CAPABILITIES_CHARACTERS}. */
    private static final int OFFER_CHARACTERS_MAX = Limits.CAPABILITIES_CHARACTERS / 2;

    private final EnvironmentFolder folder;
    private final EnvironmentChoice choice;
    private final Map<String, Interpreter> interpreters;
    private final EnvironmentProbe probe;
    private final Optional<CheckMemory> memory;
    private volatile Offer offer = new Offer(new TreeMap<>(), new TreeMap<>());

    /**
     * @param working by name
     * @param refused why another is not offered, by name
     */
    private record Offer(SortedMap<String, PreparedEnvironment> working, SortedMap<String, String> refused) {}

    /**
     * Nothing is offered before the first {@link #refresh}.
     *
     * @param interpreters those of the node, for definitions that do not name a program
     * @param memory keeps what was found to work, for the next start; null to check everything each time
     */
    public NodeEnvironments(
            EnvironmentFolder folder,
            EnvironmentChoice choice,
            Map<String, Interpreter> interpreters,
            EnvironmentProbe probe,
            @Nullable Path memory) {
        this.folder = folder;
        this.choice = choice;
        this.interpreters = Map.copyOf(interpreters);
        this.probe = probe;
        this.memory = Optional.ofNullable(memory).map(CheckMemory::new);
    }

    /** The environment of that name, if it is offered now. */
    public Optional<PreparedEnvironment> find(String name) {
        return Optional.ofNullable(offer.working.get(name));
    }

    /** All that are offered now, by name. */
    public SortedMap<String, PreparedEnvironment> working() {
        return offer.working;
    }

    /** Why others that are declared and wanted are not offered: a sentence by name. */
    public SortedMap<String, String> refused() {
        return offer.refused;
    }

    /** As they are told to the broker. */
    public List<Capabilities.Environment> advertised() {
        return offer.working.values().stream().map(NodeEnvironments::advertised).toList();
    }

    /**
     * Reads the declarations again and checks what has changed.
     *
     * @param slots where nothing else runs meanwhile; as many checks go on at once
     * @throws InterruptedException if the thread is told to stop, after the checks that went on have ended
     */
    public synchronized void refresh(List<Slot> slots) throws InterruptedException {
        if (choice.isNone()) {
            return;
        }
        Offer next = new Offer(new TreeMap<>(), new TreeMap<>());
        Map<String, PreparedEnvironment> known = memory.map(CheckMemory::load).orElse(Map.of());
        List<EnvironmentDefinition> unknown = new ArrayList<>();
        for (EnvironmentDefinition definition : wanted(next)) {
            PreparedEnvironment before = known.get(definition.name());
            if (before != null && before.definition().equals(definition) && isStillTrue(before)) {
                next.working.put(definition.name(), before);
            } else {
                unknown.add(definition);
            }
        }
        check(unknown, slots, next);
        refuseWhatIsTooLong(next);
        tell(next);
        if (memory.isPresent() && !next.working.equals(known)) {
            memory.get().save(next.working);
        }
        offer = next;
    }

    private List<EnvironmentDefinition> wanted(Offer next) {
        try {
            EnvironmentFolder.Declared declared = folder.declared();
            declared.broken().forEach((name, why) -> {
                if (choice.includes(name)) {
                    next.refused.put(name, why);
                }
            });
            List<EnvironmentDefinition> wanted = declared.definitions().values().stream()
                    .filter(definition -> choice.includes(definition.name()))
                    .toList();
            wanted.stream()
                    .skip(Limits.ENVIRONMENTS)
                    .forEach(definition -> next.refused.put(
                            definition.name(), "A node offers " + Limits.ENVIRONMENTS + " environments at most."));
            return wanted.subList(0, Math.min(wanted.size(), Limits.ENVIRONMENTS));
        } catch (IOException unreadable) {
            log.warn("The environments cannot be read: {}", unreadable.toString());
            return List.of();
        }
    }

    private boolean isStillTrue(PreparedEnvironment before) {
        if (before.definition().executable() == null) {
            Interpreter now = interpreters.get(before.definition().language());
            Interpreter then = before.interpreter();
            if (now == null
                    || !now.executable().equals(then.executable())
                    || !now.version().equals(then.version())) {
                return false;
            }
        }
        return before.isUnchanged();
    }

    private void check(List<EnvironmentDefinition> definitions, List<Slot> slots, Offer next)
            throws InterruptedException {
        try (SlotTasks tasks = new SlotTasks(slots)) {
            for (EnvironmentDefinition definition : definitions) {
                tasks.add((slot, cancellation) -> prepare(definition, slot, cancellation, next));
            }
            tasks.await();
        }
    }

    private void prepare(EnvironmentDefinition definition, Slot slot, Cancellation cancellation, Offer next) {
        try {
            PreparedEnvironment prepared = probe.prepare(definition, interpreter(definition), slot, cancellation);
            synchronized (next) {
                next.working.put(definition.name(), prepared);
            }
        } catch (UnfitEnvironmentException | IOException unfit) {
            synchronized (next) {
                next.refused.put(definition.name(), String.valueOf(unfit.getMessage()));
            }
        }
    }

    private Interpreter interpreter(EnvironmentDefinition definition) throws IOException, UnfitEnvironmentException {
        if (definition.executable() != null) {
            return new InterpreterProbe(found -> true).at(definition.language(), definition.executable());
        }
        Interpreter found = interpreters.get(definition.language());
        if (found == null) {
            throw new UnfitEnvironmentException("This node has no " + definition.language() + ".");
        }
        return found;
    }

    private static void refuseWhatIsTooLong(Offer next) {
        int characters = 0;
        for (PreparedEnvironment prepared : List.copyOf(next.working.values())) {
            int own = Json.write(advertised(prepared)).length();
            if (characters + own > OFFER_CHARACTERS_MAX) {
                next.working.remove(prepared.name());
                next.refused.put(
                        prepared.name(),
                        "With it the node would have more to tell of its environments than "
                                + OFFER_CHARACTERS_MAX
                                + " characters: offer fewer, or declare fewer packages.");
            } else {
                characters += own;
            }
        }
    }

    /** Each refusal once, and again when its reason is another. */
    private void tell(Offer next) {
        next.refused.forEach((name, why) -> {
            if (!why.equals(offer.refused.get(name))) {
                log.info("The environment {} is not offered. {}", name, why);
            }
        });
    }

    private static Capabilities.Environment advertised(PreparedEnvironment prepared) {
        return new Capabilities.Environment(
                prepared.name(),
                prepared.interpreter().name(),
                prepared.interpreter().version(),
                prepared.versions(),
                prepared.digest(),
                prepared.definition().preload(),
                prepared.diskBytes());
    }
}
