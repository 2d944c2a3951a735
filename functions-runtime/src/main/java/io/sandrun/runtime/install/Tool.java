package io.sandrun.runtime.install;

import io.sandrun.runtime.ShownTree;
import io.sandrun.runtime.interpreter.Interpreter;
import io.sandrun.runtime.proxy.AllowedHosts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What pip and npm differ in. Implementations are immutable. */
interface Tool {
    /** Standard error follows standard output, so that a person reads them in their order. */
    String SHELL = "/bin/sh";

    String name();

    Interpreter interpreter();

    /** Prints the tool's version alone. */
    List<String> versionCommand();

    /** A program of the interpreter's language that prints what the door says to each of the requests, see Trial. */
    List<String> trialCommand();

    /** What of the project it needs, or why that cannot be told. */
    InstallPlan plan(Survey survey, String path) throws IOException, RequirementsException;

    List<String> command(InstallPlan plan);

    Map<String, String> variables();

    List<Path> readOnlyPaths();

    List<ShownTree> shownTrees();

    AllowedHosts hosts();

    /** The settings that a result depends on. */
    String settings() throws IOException;

    /** Where it leaves what it has installed, relative to /work. */
    String treeOf(InstallPlan plan);

    /** One sentence, taken from what it printed, without control characters; empty when nothing there says why. */
    String reasonOf(String printed);
}
