package io.sandrun.runtime.host;

import io.sandrun.runtime.host.Host.Gpu;
import io.sandrun.runtime.seccomp.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks at this machine. Thread-safe; the answer of {@link #probe()} does not change while the machine runs. */
public final class HostProbe {
    /** A driver that is waking its card needs seconds. */
    private static final Duration GPU_TIME_LIMIT = Duration.ofSeconds(10);

    private static final Pattern TOTAL_MEMORY = Pattern.compile("(?m)^MemTotal:\\s+(\\d+) kB$");

    /** One line of nvidia-smi without units: name, memory in MiB. */
    private static final Pattern GPU_LINE = Pattern.compile("(.+), (\\d+)");

    private final Path proc;
    private final String gpuProgram;

    public HostProbe() {
        this(Path.of("/proc"), "nvidia-smi");
    }

    HostProbe(Path proc, String gpuProgram) {
        this.proc = proc;
        this.gpuProgram = gpuProgram;
    }

    /** Never fails: what cannot be found out is absent, see {@link Host}. */
    public Host probe() {
        return new Host(
                Runtime.getRuntime().availableProcessors(),
                memoryBytes(),
                gpus(),
                text("sys/kernel/osrelease").strip(),
                Architecture.current().map(Architecture::kernelName).orElse(System.getProperty("os.arch", "")));
    }

    /** Of this machine in all; 0 when the kernel does not tell. */
    public long memoryBytes() {
        Matcher total = TOTAL_MEMORY.matcher(text("meminfo"));
        return total.find() ? Long.parseLong(total.group(1)) << 10 : 0;
    }

    private List<Gpu> gpus() {
        try {
            String answer = HostProgram.ask(
                    List.of(gpuProgram, "--query-gpu=name,memory.total", "--format=csv,noheader,nounits"),
                    GPU_TIME_LIMIT);
            return answer.lines().map(HostProbe::gpu).flatMap(Optional::stream).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static Optional<Gpu> gpu(String line) {
        Matcher matcher = GPU_LINE.matcher(line.strip());
        return matcher.matches()
                ? Optional.of(new Gpu(matcher.group(1), Long.parseLong(matcher.group(2)) << 20))
                : Optional.empty();
    }

    private String text(String file) {
        try {
            return Files.readString(proc.resolve(file));
        } catch (IOException e) {
            return "";
        }
    }
}
