package io.sandrun.node.policy;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where this machine has its power from, as the kernel tells. Thread-safe. */
final class PowerSupplies {
    /** Of Linux's {@code sysfs}. */
    static final Path DIRECTORY = Path.of("/sys/class/power_supply");

    private final Path directory;

    PowerSupplies(Path directory) {
        this.directory = directory;
    }

    /**
     * Whether a battery of the machine is being drained and nothing else feeds it. A machine of which nothing is known
     * has no battery; that of a mouse is none of the machine's.
     */
    boolean isOnBattery() {
        boolean isDraining = false;
        try (DirectoryStream<Path> supplies = Files.newDirectoryStream(directory)) {
            for (Path supply : supplies) {
                String type = read(supply, "type");
                if (type.equals("Battery")) {
                    isDraining |= !read(supply, "scope").equals("Device")
                            && read(supply, "status").equals("Discharging");
                } else if (read(supply, "online").equals("1")) {
                    return false;
                }
            }
        } catch (IOException none) {
            return false;
        }
        return isDraining;
    }

    private static String read(Path supply, String name) {
        try {
            return Files.readString(supply.resolve(name)).strip();
        } catch (IOException untold) {
            return "";
        }
    }
}
