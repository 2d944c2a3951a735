package io.sandrun.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import io.sandrun.broker.Broker;
import io.sandrun.broker.BrokerConfig;
import io.sandrun.node.NodeAgent;
import io.sandrun.node.NodeConfig;
import io.sandrun.node.policy.PauseFile;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One broker, one node and one browser for all tests, as real as they are: from the first test to the last. */
final class Stage implements AutoCloseable {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Duration PATIENCE = Duration.ofSeconds(45);

    private final Deque<AutoCloseable> services = new ArrayDeque<>();
    private final Broker broker;
    private final BrokerClient client;
    private final PauseFile pauses;
    private final Browser browser;

    private Stage() {
        try {
            Path directory = Files.createTempDirectory("sandrun-stage");
            services.push(() -> delete(directory));
            broker = started(Broker.start(BrokerConfig.builder(directory.resolve("broker"))
                    .port(0)
                    .verifySameAddress(true)
                    .build()));
            client = new BrokerClient(URI.create(broker.url()));
            pauses = new PauseFile(directory.resolve("node"));
            NodeAgent node = started(NodeAgent.start(NodeConfig.of(broker.address(), directory.resolve("node"), 2)
                    .withInterpreters(Set.of("python3", "bash"))
                    .withLabels(Map.of("zone", "attic", "disk", "ssd"))
                    .withDrainTime(Duration.ZERO)));
            if (!node.awaitRegistration(PATIENCE)) {
                throw new IOException("the node did not reach its broker");
            }
            Playwright playwright = started(Playwright.create(
                    new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))));
            browser = started(playwright
                    .chromium()
                    .launch(new BrowserType.LaunchOptions()
                            .setExecutablePath(CHROMIUM)
                            .setArgs(List.of("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"))));
        } catch (Exception failed) {
            close();
            throw new IllegalStateException("the stage could not be set", failed);
        }
    }

    String url() {
        return broker.url();
    }

    BrokerClient client() {
        return client;
    }

    /** By which the node's owner pauses it. */
    PauseFile pauses() {
        return pauses;
    }

    Browser browser() {
        return browser;
    }

    /** Submits a job and answers its id. */
    String submit(Map<String, ?> job) throws IOException {
        return client.submit(Json.MAPPER.valueToTree(job)).path("job_id").asText();
    }

    /** Likewise, and waits for its end. */
    String run(Map<String, ?> job) throws IOException {
        String id = submit(job);
        JsonNode status = client.status(id, (double) PATIENCE.toSeconds());
        if (status.path("completed_at").isNull()) {
            throw new AssertionError("the job did not end: " + status);
        }
        return id;
    }

    private <S extends AutoCloseable> S started(S service) {
        services.push(service);
        return service;
    }

    @Override
    public void close() {
        try {
            while (!services.isEmpty()) {
                services.pop().close();
            }
        } catch (Exception failed) {
            throw new IllegalStateException("the stage could not be cleared", failed);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> inside = Files.walk(directory)) {
            for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    /**
     * Gives tests the stage, and each that wants one a tab of its own, which must have nothing to complain of; skips
     * them where there is no browser.
     */
    static final class Extension implements BeforeAllCallback, AfterEachCallback, ParameterResolver {
        private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(Stage.class);

        @Override
        public void beforeAll(ExtensionContext context) {
            Assumptions.assumeTrue(Files.isExecutable(CHROMIUM), "this machine has no chromium");
            of(context);
        }

        private static Stage of(ExtensionContext context) {
            return context.getRoot()
                    .getStore(NAMESPACE)
                    .getOrComputeIfAbsent(Stage.class, first -> new Stage(), Stage.class);
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            Class<?> type = parameter.getParameter().getType();
            return type == Stage.class || type == Tab.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Stage.class
                    ? of(context)
                    : context.getStore(NAMESPACE).getOrComputeIfAbsent(Tab.class, first -> tab(of(context)));
        }

        private static Tab tab(Stage stage) {
            return new Tab(stage.browser(), stage.url());
        }

        @Override
        public void afterEach(ExtensionContext context) {
            Tab tab = context.getStore(NAMESPACE).remove(Tab.class, Tab.class);
            if (tab != null) {
                List<String> complaints = tab.complaints();
                tab.close();
                assertThat(complaints).isEmpty();
            }
        }
    }
}
