package io.sandrun.runtime.output;

import io.sandrun.runtime.output.LeftOut.Reason;
import java.util.ArrayList;
import java.util.List;

/** Lists the first, counts the rest. One thread. */
final class LeftOutList {
    private final List<LeftOut> listed = new ArrayList<>();
    private long count;

    void add(String name, Reason reason) {
        count++;
        if (listed.size() < OutputLimits.LISTED_LEFT_OUT) {
            listed.add(new LeftOut(name, reason));
        }
    }

    List<LeftOut> listed() {
        return listed;
    }

    long count() {
        return count;
    }
}
