package io.sandrun.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One {@link AgentPlatform} for all classes of tests that ask for it, stopped after the last of them. */
final class SharedAgentPlatform implements ParameterResolver {
    /** With the folder that goes with it. */
    private record Held(AgentPlatform platform, Path directory) implements AutoCloseable {
        static Held start() {
            try {
                Path directory = Files.createTempDirectory("agents");
                return new Held(AgentPlatform.start(directory), directory);
            } catch (Exception failed) {
                throw new IllegalStateException(failed);
            }
        }

        @Override
        public void close() throws IOException {
            platform.close();
            try (Stream<Path> inside = Files.walk(directory)) {
                for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == AgentPlatform.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.create(SharedAgentPlatform.class))
                .getOrComputeIfAbsent(Held.class, key -> Held.start(), Held.class)
                .platform();
    }
}
