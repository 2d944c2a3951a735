package io.sandrun.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The form in which older documents start a worker, {@code sandrun --port N --worker-key FILE}: {@code up}, or {@code
 * node} where a broker is named. Several of them on one machine have different ports, and so different data.
 */
final class OlderForm {
    private static final String PORT = "--port";
    private static final List<String> OPENINGS = List.of(PORT, "--worker-key");

    private OlderForm() {}

    /** The same command line with the command's name; one that is in no older form stays as it is. */
    static String[] spelledOut(String... args) {
        if (args.length == 0 || !OPENINGS.contains(name(args[0]))) {
            return args;
        }
        List<String> spelled = new ArrayList<>();
        spelled.add(has("--broker", args) ? "node" : "up");
        spelled.addAll(Arrays.asList(args));
        Optional<String> port = valueOf(PORT, args);
        if (!has("--data", args) && port.filter(OlderForm::isNumber).isPresent()) {
            spelled.add("--data");
            spelled.add(
                    UserEnvironment.dataHome().resolve("sandrun-" + port.get()).toString());
        }
        return spelled.toArray(String[]::new);
    }

    private static String name(String arg) {
        int end = arg.indexOf('=');
        return end < 0 ? arg : arg.substring(0, end);
    }

    private static boolean has(String option, String... args) {
        return Arrays.stream(args).anyMatch(arg -> name(arg).equals(option));
    }

    private static Optional<String> valueOf(String option, String... args) {
        for (int index = 0; index < args.length; index++) {
            if (args[index].startsWith(option + "=")) {
                return Optional.of(args[index].substring(option.length() + 1));
            }
            if (args[index].equals(option) && index + 1 < args.length) {
                return Optional.of(args[index + 1]);
            }
        }
        return Optional.empty();
    }

    /** Anything else is for the command to complain about, and in no name of a folder. */
    private static boolean isNumber(String text) {
        return text.matches("[0-9]{1,5}");
    }
}
