package io.sandrun.node.environment;

import com.fasterxml.jackson.core.type.TypeReference;
import io.sandrun.protocol.Json;
import io.sandrun.runtime.environment.PreparedEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was found to work the last time, in a file: importing all packages again at each start would cost seconds. It is
 * believed only as long as every file that was looked at is as it was. Losing the file costs these seconds and nothing
 * else. Not thread-safe.
 */
final class CheckMemory {
    private static final Logger log = LoggerFactory.getLogger(CheckMemory.class);

    private static final TypeReference<TreeMap<String, PreparedEnvironment>> FORM = new TypeReference<>() {};

    private final Path file;

    CheckMemory(Path file) {
        this.file = file;
    }

    /** By name; empty if nothing can be read. */
    Map<String, PreparedEnvironment> load() {
        try {
            return Json.MAPPER.readValue(Files.readAllBytes(file), FORM);
        } catch (NoSuchFileException first) {
            return Map.of();
        } catch (IOException unreadable) {
            log.info("{} cannot be read, so all environments are checked: {}", file, unreadable.getMessage());
            return Map.of();
        }
    }

    void save(Map<String, PreparedEnvironment> working) {
        Path beside = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.write(beside, Json.bytes(new TreeMap<>(working)));
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException unwritable) {
            log.warn("{} cannot be written, so the next start checks all again: {}", file, unwritable.getMessage());
        }
    }
}
