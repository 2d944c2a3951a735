package io.sandrun.runtime.seccomp;

import java.util.Optional;

/**
 * The processors that the policy knows. Audit numbers are those of {@code linux/audit.h}: the ELF machine number with
 * the flags for 64 bits and little-endian.
 */
public enum Architecture {
    X86_64("x86_64", "amd64", 0xC000003E, 0x40000000),
    AARCH64("aarch64", "aarch64", 0xC00000B7, -1);

    private final String kernelName;
    private final String javaName;
    private final int auditNumber;
    private final int foreignAbiFrom;

    Architecture(String kernelName, String javaName, int auditNumber, int foreignAbiFrom) {
        this.kernelName = kernelName;
        this.javaName = javaName;
        this.auditNumber = auditNumber;
        this.foreignAbiFrom = foreignAbiFrom;
    }

    /** The processor that this JVM runs on, or nothing where the sandbox has no policy for it. */
    public static Optional<Architecture> current() {
        return ofJavaName(System.getProperty("os.arch", ""));
    }

    static Optional<Architecture> ofJavaName(String osArch) {
        for (Architecture architecture : values()) {
            if (architecture.javaName.equals(osArch)) {
                return Optional.of(architecture);
            }
        }
        return Optional.empty();
    }

    /** The name that {@code uname -m} prints. */
    public String kernelName() {
        return kernelName;
    }

    int auditNumber() {
        return auditNumber;
    }

    /**
     * From this number on the calls belong to another ABI under the same audit number (x32), or -1 where there is none.
     */
    int foreignAbiFrom() {
        return foreignAbiFrom;
    }
}
