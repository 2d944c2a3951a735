package io.sandrun.benchmarks.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** One reader of bytes, wrapped into a program that takes the options of libFuzzer. */
interface FuzzTarget {
    /** One word for the command line, the table and the corpus. */
    String name();

    /**
     * Builds what there is to build.
     *
     * @param scratch a directory for this run alone
     * @return what is missing on this machine; empty if nothing is
     */
    String open(Path scratch) throws IOException;

    /** The program, to which options and the corpus' directory are added. */
    List<String> command();
}
