package io.sandrun.benchmarks.fuzz;

import io.sandrun.benchmarks.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The plan parser of sandbox-init under libFuzzer, AddressSanitizer and UndefinedBehaviorSanitizer. Needs clang. */
final class PlanTarget implements FuzzTarget {
    private static final int BUILD_TIMEOUT_SECONDS = 120;

    private Path program = Path.of("");

    @Override
    public String name() {
        return "plan";
    }

    @Override
    public String open(Path scratch) throws IOException {
        program = scratch.resolve("plan_fuzz");
        Path sources = Checkout.root().resolve("functions-runtime/src");
        Path main = sources.resolve("main/c");
        Path log = scratch.resolve("clang.log");
        try {
            Process clang = new ProcessBuilder(
                            "clang",
                            "-g",
                            "-O1",
                            "-std=c11",
                            "-D_GNU_SOURCE",
                            "-fsanitize=fuzzer,address,undefined",
                            "-fno-sanitize-recover=all",
                            "-I" + main,
                            "-o",
                            program.toString(),
                            sources.resolve("fuzz/c/plan_fuzz.c").toString(),
                            main.resolve("plan.c").toString(),
                            main.resolve("channel.c").toString())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (!clang.waitFor(BUILD_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                clang.destroyForcibly();
                throw new IOException("clang was not done after " + BUILD_TIMEOUT_SECONDS + " s");
            }
            return clang.exitValue() == 0 ? "" : missing(Files.readString(log));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stop);
        } catch (IOException absent) {
            return "there is no clang (Debian packages clang, libclang-rt-dev)";
        }
    }

    /** @throws IOException if it is the source that clang does not take */
    private static String missing(String log) throws IOException {
        if (log.contains("libclang_rt") || log.contains("-lFuzzer")) {
            return "clang has no fuzzer library (Debian package libclang-rt-dev)";
        }
        throw new IOException("clang does not build plan_fuzz.c: " + log);
    }

    @Override
    public List<String> command() {
        return List.of(program.toString(), "-use_value_profile=1");
    }
}
