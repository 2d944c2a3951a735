package io.sandrun.runtime.proxy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What came of the connections through one door: bytes, refusals, hosts that could not be reached. Thread-safe. */
final class Traffic {
    /** What is remembered for the log; a program that tries more doors is known well enough by these. */
    private static final int MOST_REFUSALS = 20;

    private final List<String> refusals = new ArrayList<>();
    private final Map<HostPort, String> outages = new LinkedHashMap<>();
    private final long mostBytes;
    private long bytes;

    Traffic(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** Counts what goes in or out; false when it is more than may go. */
    synchronized boolean pass(long count) {
        if (bytes + count > mostBytes) {
            refuse("more than " + mostBytes + " bytes went over the network");
            return false;
        }
        bytes += count;
        return true;
    }

    synchronized void refuse(String sentence) {
        if (refusals.size() < MOST_REFUSALS && !refusals.contains(sentence)) {
            refusals.add(sentence);
        }
    }

    synchronized void failed(HostPort host, String why) {
        outages.put(host, why);
    }

    /** Whoever is reached after all was not out. */
    synchronized void reached(HostPort host) {
        outages.remove(host);
    }

    synchronized List<String> refusals() {
        return List.copyOf(refusals);
    }

    synchronized Optional<String> outage() {
        return outages.entrySet().stream()
                .findFirst()
                .map(outage -> outage.getKey() + " could not be reached: " + outage.getValue());
    }
}
