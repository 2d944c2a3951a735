package io.sandrun.broker.verify;

import io.sandrun.broker.store.CopyTable.Place;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.JobTable.Waiting;
import io.sandrun.broker.store.ReputationTable.Known;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a look at a verified job has changed, to be told after its commit. For one thread. */
final class Findings {
    /** Copies that were made. */
    final List<Waiting> added = new ArrayList<>();

    /** Copies that wait still. */
    final List<Waiting> waiting = new ArrayList<>();

    /** Copies that ended because nobody needs them, and that no node had. */
    final List<JobRow> withdrawn = new ArrayList<>();

    /** Copies that nodes are to stop. */
    final List<JobRow> unneeded = new ArrayList<>();

    /** What is known of nodes from now on. */
    final List<Known> changed = new ArrayList<>();

    /** Where copies of the job are or were. */
    List<Place> places = List.of();

    /** The job, if it was decided. */
    @Nullable
    JobRow decided;

    /** Of the files that the job was given with its answer. */
    long outputBytes;
}
