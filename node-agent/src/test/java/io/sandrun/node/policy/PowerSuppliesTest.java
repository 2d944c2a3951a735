package io.sandrun.node.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PowerSuppliesTest {
    @TempDir
    Path directory;

    private void supply(String name, Map<String, String> files) throws IOException {
        Path supply = Files.createDirectories(directory.resolve(name));
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(supply.resolve(file.getKey()), file.getValue() + "\n");
        }
    }

    private boolean isOnBattery() {
        return new PowerSupplies(directory).isOnBattery();
    }

    @Test
    void a_machine_of_which_nothing_is_known_has_no_battery() {
        assertThat(isOnBattery()).isFalse();
        assertThat(new PowerSupplies(directory.resolve("absent")).isOnBattery()).isFalse();
    }

    @Test
    void a_laptop_is_on_battery_when_it_is_unplugged() throws IOException {
        supply("AC", Map.of("type", "Mains", "online", "1"));
        supply("BAT0", Map.of("type", "Battery", "status", "Discharging"));
        assertThat(isOnBattery()).isFalse();
        supply("AC", Map.of("online", "0"));
        assertThat(isOnBattery()).isTrue();
        supply("BAT0", Map.of("status", "Full"));
        assertThat(isOnBattery()).isFalse();
    }

    @Test
    void the_battery_of_a_mouse_is_none_of_the_machines() throws IOException {
        supply("hid-mouse", Map.of("type", "Battery", "scope", "Device", "status", "Discharging"));
        assertThat(isOnBattery()).isFalse();
    }

    @Test
    void power_may_come_by_usb() throws IOException {
        supply("BAT0", Map.of("type", "Battery", "status", "Discharging"));
        assertThat(isOnBattery()).isTrue();
        supply("ucsi-source", Map.of("type", "USB", "online", "1"));
        assertThat(isOnBattery()).isFalse();
    }
}
