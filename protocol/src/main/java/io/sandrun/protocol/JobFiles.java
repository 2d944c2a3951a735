package io.sandrun.protocol;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The files of a job: those that it starts with, and those that are kept of it.
 *
 * @param inputs put into /work in this order before the program starts; none for a snippet
 * @param entrypoint the program's path among them, or null for a snippet, whose text is {@link JobSpec#code()}
 * @param requirements what has to be installed first, or null for nothing
 * @param outputs patterns of the files to keep; none means those that the job made or changed
 */
public record JobFiles(
        List<Input> inputs,
        @Nullable String entrypoint,
        @Nullable Requirements requirements,
        List<String> outputs) {
    /** Those of a snippet that says nothing about files. */
    public static final JobFiles NONE = new JobFiles(List.of(), null, null, List.of());

    /**
     * One artifact among the inputs.
     *
     * @param sha256 names its bytes: 64 lower-case hexadecimal digits
     * @param form how it becomes files
     * @param path where a single file goes, relative to /work; null for an archive, whose entries say so
     */
    public record Input(
            String sha256,
            long sizeBytes,
            Form form,
            @Nullable String path) {}

    /** How an artifact becomes files. */
    public enum Form {
        /** Unpacked; its content tells whether it is tar, tar.gz, tar.zst or zip. */
        ARCHIVE,
        /** Written as it is. */
        FILE;

        @JsonValue
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Packages that the program needs beside its environment.
     *
     * @param installer which of them reads the file
     * @param path of the file that lists them, among the inputs
     */
    public record Requirements(Installer installer, String path) {}

    /** What installs packages, by the name of its program. */
    public enum Installer {
        /** Reads {@code requirements.txt} for Python. */
        PIP,
        /** Reads {@code package.json} and its lock file for Node.js. */
        NPM;

        @JsonValue
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** What a node says that it can do, see {@link Capabilities#features()}. */
        public String feature() {
            return "requirements:" + wire();
        }
    }

    public JobFiles {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** Whether the program is among the inputs, and not the text of a snippet. */
    @JsonIgnore
    public boolean isProject() {
        return entrypoint != null;
    }
}
