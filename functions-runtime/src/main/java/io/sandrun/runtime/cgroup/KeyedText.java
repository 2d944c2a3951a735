package io.sandrun.runtime.cgroup;

import java.io.IOException;
import java.util.OptionalLong;

/** The kernel's "flat keyed" format: one {@code key value} per line. */
record KeyedText(String text) {
    OptionalLong find(String key) {
        return text.lines()
                .filter(line -> line.startsWith(key) && line.startsWith(" ", key.length()))
                .mapToLong(
                        line -> Long.parseLong(line.substring(key.length() + 1).strip()))
                .findFirst();
    }

    /** The first key that is there. */
    long require(String... keys) throws IOException {
        for (String key : keys) {
            OptionalLong value = find(key);
            if (value.isPresent()) {
                return value.getAsLong();
            }
        }
        throw new IOException("the kernel does not tell " + String.join(" or ", keys));
    }
}
