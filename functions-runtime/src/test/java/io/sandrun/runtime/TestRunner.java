package io.sandrun.runtime;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** A process of its own that runs test classes and writes one line per test to a file: see OrdinaryUser. */
public final class TestRunner {
    private TestRunner() {}

    public static void main(String[] arguments) throws IOException {
        var request = LauncherDiscoveryRequestBuilder.request()
                .selectors(Arrays.stream(arguments)
                        .skip(1)
                        .map(name -> selectClass(name))
                        .toList())
                // The engine of the properties wants to keep notes in a directory that nobody can write to.
                .filters(EngineFilter.includeEngines("junit-jupiter"))
                .build();
        try (PrintWriter report = new PrintWriter(arguments[0], StandardCharsets.UTF_8)) {
            LauncherFactory.create().execute(request, listener(report));
        }
        System.exit(0);
    }

    private static TestExecutionListener listener(PrintWriter report) {
        return new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                boolean succeeded = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
                if (test.isTest() || !succeeded) {
                    String why = result.getThrowable().map(Throwable::toString).orElse("");
                    line(result.getStatus().name(), test, why);
                }
            }

            @Override
            public void executionSkipped(TestIdentifier test, String reason) {
                line("ABORTED", test, reason);
            }

            private void line(String status, TestIdentifier test, String why) {
                TestSource source = test.getSource().orElse(null);
                boolean isDynamic = test.getUniqueId().contains("dynamic-test");
                String name = source instanceof MethodSource method && !isDynamic
                        ? method.getJavaClass().getSimpleName() + "." + method.getMethodName()
                        : test.getDisplayName();
                report.println(status + "\t" + name + "\t" + why.replaceAll("\\s+", " "));
                report.flush();
            }
        };
    }
}
