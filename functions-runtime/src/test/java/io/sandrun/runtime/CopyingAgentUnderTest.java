package io.sandrun.runtime;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** An agent in a process of its own, for tests that end it while a slot's copy of a zygote is made. */
public final class CopyingAgentUnderTest {
    /** Said when a zygote is there; what follows waits for a line of input. */
    static final String READY = "ready";

    /** Said when a copy was asked for and has not come. */
    static final String COPYING = "copying";

    private CopyingAgentUnderTest() {}

    static Guest guest() {
        return Guest.command(ForkedStartTest.PYTHON, "main.py").file("main.py", "print(1)", false);
    }

    public static void main(String[] arguments) throws Exception {
        try (Sandboxes sandboxes = Sandboxes.open(new SandboxSettings(2, Path.of(arguments[0])))) {
            ForkedStartTest.forked(guest(), sandboxes.slot(0));
            System.out.println(READY);
            if (System.in.read() < 0) {
                return;
            }
            Thread run = new Thread(() -> guest().preload(1).runIn(sandboxes.slot(1)));
            run.start();
            while (!isCopying(run) && run.isAlive()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
            System.out.println(COPYING);
            run.join();
        }
    }

    private static boolean isCopying(Thread run) {
        return List.of(run.getStackTrace()).stream()
                .anyMatch(frame -> frame.getClassName().endsWith(".Nursery")
                        && frame.getMethodName().equals("answer"));
    }
}
