package io.sandrun.broker.job;

import io.sandrun.broker.JsonFields;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.requirement.ExpressionException;
import io.sandrun.broker.requirement.LabelExpression;
import io.sandrun.broker.requirement.VersionRange;
import io.sandrun.protocol.EnvironmentName;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.JobNeeds;
import io.sandrun.protocol.JobNeeds.GpuNeed;
import io.sandrun.protocol.Limits;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads what a job asks of its node. */
final class NeedsReader {
    private static final int NAME_BYTES = 128;

    private NeedsReader() {}

    /** @throws Refusal for the first field that does not fit */
    static JobNeeds read(JsonFields fields) {
        Map<String, String> labels = fields.textMap("labels", Limits.LABELS, Limits.LABEL_CHARACTERS);
        for (String name : labels.keySet()) {
            if (name.isEmpty() || name.length() > Limits.LABEL_CHARACTERS) {
                throw Refusal.invalidField(fields.place("labels"), "an object whose names have 1 to 128 characters");
            }
        }
        List<String> isolation = fields.texts("isolation", Limits.ISOLATION_LAYERS, NAME_BYTES);
        return new JobNeeds(
                canonical(fields, "interpreter_version", VersionRange::parse),
                environment(fields),
                wholeNumber(fields, "cores", Limits.CORES_MAX),
                gpu(fields),
                labels,
                canonical(fields, "requires", LabelExpression::parse),
                isolation,
                fields.text("node", NAME_BYTES).orElse(null));
    }

    private static @Nullable String environment(JsonFields fields) {
        String name = fields.text("environment", NAME_BYTES).orElse(null);
        if (name != null && !EnvironmentName.isValid(name)) {
            throw Refusal.invalidField(
                    fields.place("environment"), "the name of an environment: " + EnvironmentName.RULE);
        }
        return name;
    }

    /** A count, true for one, or an object of a count and what each must have. */
    private static GpuNeed gpu(JsonFields fields) {
        if (fields.isFlag("gpu")) {
            return new GpuNeed(fields.flag("gpu").orElse(false) ? 1 : 0, 0);
        }
        if (!fields.isObject("gpu")) {
            return new GpuNeed(wholeNumber(fields, "gpu", Limits.GPUS_MAX), 0);
        }
        JsonFields gpu = fields.object("gpu").orElseThrow();
        GpuNeed need = new GpuNeed(
                gpu.wholeNumber("count", 0, Limits.GPUS_MAX).orElse(1L).intValue(),
                gpu.wholeNumber("vram_mb", 0, Limits.VRAM_MB_MAX).orElse(0L));
        gpu.refuseUnknown();
        return need.count() == 0 ? GpuNeed.NONE : need;
    }

    private static int wholeNumber(JsonFields fields, String name, int max) {
        return fields.wholeNumber(name, 0, max).orElse(0L).intValue();
    }

    /** A text in a grammar of its own, in its canonical form; null if the field is absent. */
    private static @Nullable String canonical(JsonFields fields, String name, Function<String, Object> parse) {
        String text = fields.text(name, Limits.EXPRESSION_CHARACTERS).orElse(null);
        try {
            return text == null ? null : parse.apply(text).toString();
        } catch (ExpressionException wrong) {
            String place = fields.place(name);
            throw new Refusal(
                    ErrorCode.INVALID_FIELD,
                    "The field \"%s\" cannot be read at character %d: there should be %s."
                            .formatted(place, wrong.position(), wrong.expected()),
                    Map.of("field", place, "expected", wrong.expected(), "position", wrong.position()));
        }
    }
}
