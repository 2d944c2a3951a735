package io.sandrun.runtime.layer;

import io.sandrun.runtime.name.GuestName;
import java.io.IOException;
import java.util.List;

/** A tree that does not become a layer: its maker's fault. The message is a sentence that names what is at fault. */
final class TreeRefusedException extends IOException {
    /** @param why goes on after the name, without a full stop */
    TreeRefusedException(List<String> path, String why) {
        super("What was installed cannot be kept: '" + GuestName.show(String.join("/", path)) + "' " + why + ".");
    }

    TreeRefusedException(String why) {
        super("What was installed cannot be kept: " + why + ".");
    }

    String sentence() {
        return String.valueOf(getMessage());
    }
}
