package io.sandrun.runtime.attack;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;

/** The program with all attacks in it, built with sandbox-init and packed beside it. */
public final class AttackProgram {
    private AttackProgram() {}

    /** @throws IOException if this build has none for this processor */
    public static byte[] bytes() throws IOException {
        String osArch = System.getProperty("os.arch", "");
        try (InputStream program = AttackProgram.class.getResourceAsStream("../native/" + osArch + "/attack")) {
            if (program == null) {
                throw new FileNotFoundException("This build has no attack program for the processor " + osArch + ".");
            }
            return program.readAllBytes();
        }
    }
}
