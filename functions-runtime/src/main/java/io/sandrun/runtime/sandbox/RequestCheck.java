package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.HostCopy;
import io.sandrun.runtime.InputFile;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.RunRequest;
import io.sandrun.runtime.pattern.OutputPatterns;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Refuses, before anything is built, what no sandbox could run. Pure functions. */
final class RequestCheck {
    /** What fits into one message beside the filter; the kernel's own bound for one argument is the same. */
    static final int STRING_BYTES = 128 * 1024;

    /** {@code STRINGS} of protocol.h. */
    static final int STRINGS = 4096;

    private static final int PATH_BYTES = 4095;
    private static final int NAME_BYTES = 255;
    private static final long SMALLEST_MEMORY_BYTES = 1L << 20;
    /** A tmpfs of size 0 would be one without a limit, and the kernel counts in pages of up to 64 KiB. */
    private static final long SMALLEST_DISK_BYTES = 64L << 10;

    private static final int FEWEST_INODES = 8;
    private static final int FEWEST_OPEN_FILES = 8;
    private static final Duration LONGEST = Duration.ofDays(30);

    private RequestCheck() {}

    static void check(RunRequest request) throws InvalidRequestException {
        checkStrings(request);
        checkLimits(request.limits());
        checkFiles(request);
        checkOutputs(request.outputs().patterns());
    }

    private static void checkOutputs(List<String> patterns) throws InvalidRequestException {
        try {
            OutputPatterns.parse(patterns);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException(String.valueOf(e.getMessage()));
        }
    }

    private static void checkStrings(RunRequest request) throws InvalidRequestException {
        require(!request.command().isEmpty(), "The command is empty.");
        require(request.command().get(0).startsWith("/"), "The program must be an absolute path inside the sandbox.");
        require(
                request.command().size() <= STRINGS && request.environment().size() <= STRINGS,
                "There are more than " + STRINGS + " arguments or environment variables.");
        long bytes = 0;
        for (String argument : request.command()) {
            bytes += checkedBytes(argument, "argument");
        }
        for (var variable : request.environment().entrySet()) {
            String name = variable.getKey();
            require(!name.isEmpty() && name.indexOf('=') < 0, "'" + name + "' is no name of an environment variable.");
            bytes += checkedBytes(name, "environment variable") + checkedBytes(variable.getValue(), "value of " + name);
        }
        require(
                bytes <= STRING_BYTES,
                "Arguments and environment take " + bytes + " bytes together; the limit is " + STRING_BYTES + ".");
    }

    private static int checkedBytes(String text, String what) throws InvalidRequestException {
        require(text.indexOf('\0') < 0, "An " + what + " contains a NUL character.");
        return text.getBytes(StandardCharsets.UTF_8).length + 1;
    }

    private static void checkLimits(RunLimits limits) throws InvalidRequestException {
        checkTime(limits.wallTime(), "wall time");
        checkTime(limits.cpuTime(), "CPU time");
        require(limits.cores() > 0, "The share of CPU time is nothing.");
        require(limits.memoryBytes() >= SMALLEST_MEMORY_BYTES, "The memory limit is below 1 MiB.");
        require(limits.diskBytes() >= SMALLEST_DISK_BYTES, "The disk limit is below 64 KiB.");
        require(limits.diskInodes() >= FEWEST_INODES, "The limit of files is below " + FEWEST_INODES + ".");
        require(limits.processes() >= 1, "The limit of processes is below 1.");
        require(limits.openFiles() >= FEWEST_OPEN_FILES, "The limit of open files is below " + FEWEST_OPEN_FILES + ".");
        require(limits.outputKeptBytes() >= 0 && limits.outputTotalBytes() >= 0, "An output limit is negative.");
    }

    private static void checkTime(Duration time, String name) throws InvalidRequestException {
        require(
                !time.isNegative() && !time.isZero() && time.compareTo(LONGEST) <= 0,
                "The " + name + " must be more than nothing and at most " + LONGEST.toDays() + " days.");
    }

    private static void checkFiles(RunRequest request) throws InvalidRequestException {
        Set<String> paths = new HashSet<>();
        long bytes = 0;
        for (InputFile file : request.inputs().files()) {
            checkPath(file.path(), paths);
            bytes += file.content().length;
        }
        for (HostCopy copy : request.inputs().copies()) {
            checkPath(copy.path(), paths);
        }
        long limit = request.limits().diskBytes();
        require(bytes <= limit, "The input files take " + bytes + " bytes; the disk limit is " + limit + ".");
    }

    private static void checkPath(String path, Set<String> others) throws InvalidRequestException {
        String refusal = "The input file name '" + path + "' is not a plain path below /work.";
        require(checkedBytes(path, "input file name") <= PATH_BYTES, "The name of an input file is too long.");
        for (String name : path.split("/", -1)) {
            require(!name.isEmpty() && !name.equals(".") && !name.equals(".."), refusal);
            require(name.getBytes(StandardCharsets.UTF_8).length <= NAME_BYTES, refusal);
        }
        require(others.add(path), "The input file '" + path + "' is given twice.");
    }

    private static void require(boolean holds, String otherwise) throws InvalidRequestException {
        if (!holds) {
            throw new InvalidRequestException(otherwise);
        }
    }
}
