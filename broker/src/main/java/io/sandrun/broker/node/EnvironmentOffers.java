package io.sandrun.broker.node;

import io.sandrun.broker.JsonFields;
import io.sandrun.broker.Refusal;
import io.sandrun.protocol.Capabilities.Environment;
import io.sandrun.protocol.EnvironmentName;
import io.sandrun.protocol.Limits;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads which environments a node offers: objects, or from an older node just their names. */
final class EnvironmentOffers {
    private static final String FIELD = "environments";
    private static final int WORD_BYTES = 128;
    private static final int VERSION_BYTES = 256;

    /** A petabyte: more than a node's disk. */
    private static final long DISK_BYTES_MAX = 1L << 50;

    private EnvironmentOffers() {}

    /** @throws Refusal for the first field that does not fit */
    static List<Environment> read(JsonFields fields) {
        List<Environment> offers = fields.isListOfTexts(FIELD)
                ? fields.texts(FIELD, Limits.ENVIRONMENTS, WORD_BYTES).stream()
                        .map(Environment::named)
                        .toList()
                : fields.objects(FIELD, Limits.ENVIRONMENTS).stream()
                        .map(EnvironmentOffers::environment)
                        .toList();
        Set<String> names = new HashSet<>();
        for (Environment offer : offers) {
            if (!names.add(offer.name())) {
                throw Refusal.invalidField(fields.place(FIELD), "a list in which each name stands once");
            }
        }
        return offers;
    }

    private static Environment environment(JsonFields fields) {
        String name = fields.requiredText("name", WORD_BYTES);
        if (!EnvironmentName.isValid(name)) {
            throw Refusal.invalidField(fields.place("name"), EnvironmentName.RULE);
        }
        return new Environment(
                name,
                fields.text("interpreter", WORD_BYTES).orElse(""),
                fields.text("interpreter_version", VERSION_BYTES).orElse(""),
                fields.textMap("packages", Limits.ENVIRONMENT_PACKAGES, VERSION_BYTES),
                fields.text("digest", WORD_BYTES).orElse(""),
                fields.texts("preload", Limits.ENVIRONMENT_PACKAGES, WORD_BYTES),
                fields.wholeNumber("disk_bytes", 0, DISK_BYTES_MAX).orElse(0L));
    }
}
