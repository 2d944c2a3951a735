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
        // From the root on: inside a jar nothing resolves "..".
        String resource = "/io/sandrun/runtime/native/" + osArch + "/attack";
        try (InputStream program = AttackProgram.class.getResourceAsStream(resource)) {
            if (program == null) {
                throw new FileNotFoundException("This build has no attack program for the processor " + osArch + ".");
            }
            return program.readAllBytes();
        }
    }
}
