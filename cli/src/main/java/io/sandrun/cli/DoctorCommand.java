package io.sandrun.cli;

import io.sandrun.node.Diagnosis;
import io.sandrun.protocol.Capabilities;
import io.sandrun.protocol.Json;
import io.sandrun.runtime.Isolation;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What this machine can do as a node, seen by trying it. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Tries what this machine can do as a node: layers of the sandbox, interpreters, environments, "
                + "hardware. "
                + "Exits with 1 if it cannot make a sandbox.")
final class DoctorCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Print the findings as JSON.")
    boolean json;

    @Mixin
    DataOption data = new DataOption();

    @Override
    public Integer call() throws Exception {
        Diagnosis diagnosis = Diagnosis.make(data.node());
        if (json) {
            Console.say(Json.write(diagnosis));
            return 0;
        }
        Console.say("Machine: %d cores, %,d MiB of memory, %s"
                .formatted(
                        diagnosis.capabilities().cpuCores(),
                        diagnosis.capabilities().memoryMb(),
                        diagnosis.capabilities().platform()));
        Table layers = new Table("LAYER", "ACTIVE", "DETAIL");
        for (Isolation.Layer layer : diagnosis.layers()) {
            layers.row(
                    layer.name(),
                    layer.active() ? "yes" : "NO",
                    layer.active() ? layer.detail() : layer.detail() + "; " + layer.remedy());
        }
        layers.print();
        Table interpreters = new Table("INTERPRETER", "VERSION");
        diagnosis
                .capabilities()
                .interpreters()
                .forEach(name -> interpreters.row(
                        name, diagnosis.capabilities().interpreterVersions().getOrDefault(name, "")));
        interpreters.print();
        tellEnvironments(diagnosis);
        diagnosis.capabilities().features().forEach(feature -> Console.say("Feature: " + feature));
        diagnosis.capabilities().gpus().forEach(gpu -> Console.say("GPU: " + Console.escaped(gpu.name())));
        return 0;
    }

    private static void tellEnvironments(Diagnosis diagnosis) {
        Table environments = new Table("ENVIRONMENT", "OFFERED", "DETAIL");
        for (Capabilities.Environment environment : diagnosis.capabilities().environments()) {
            StringJoiner packages = new StringJoiner(", ");
            environment.packages().forEach((name, version) -> packages.add((name + " " + version).strip()));
            environments.row(
                    environment.name(),
                    "yes",
                    "%s %s: %s".formatted(environment.interpreter(), environment.interpreterVersion(), packages));
        }
        diagnosis.refusedEnvironments().forEach((name, why) -> environments.row(name, "NO", why));
        environments.print();
    }
}
