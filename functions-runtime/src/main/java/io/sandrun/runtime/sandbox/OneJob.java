package io.sandrun.runtime.sandbox;

import java.util.Set;

/** The variables that differ from job to job by what the platform sets, and so are told to a process with its job. */
final class OneJob {
    private static final String OF_THE_PLATFORM = "SANDRUN_";

    /** Of a verified job, the time of its submit. It is for what a program writes; no import has a use for it. */
    private static final Set<String> OTHERS = Set.of("SOURCE_DATE_EPOCH");

    private OneJob() {}

    static boolean owns(String variable) {
        return variable.startsWith(OF_THE_PLATFORM) || OTHERS.contains(variable);
    }
}
