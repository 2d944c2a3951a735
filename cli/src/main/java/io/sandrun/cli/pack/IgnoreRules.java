package io.sandrun.cli.pack;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a folder's ignore file leaves out. The last line that matches decides. Immutable. */
final class IgnoreRules {
    static final String FILE = ".sandrunignore";

    /** The folder of git, which is as large as the project's whole past; at any depth, as submodules have theirs. */
    private static final String GIT = ".git";

    /** Longer than any ignore file that somebody wrote by hand. */
    private static final int MAX_BYTES = 64 * 1024;

    /** Each path is held against each of them. */
    private static final int MAX_PATTERNS = 1000;

    private final List<IgnorePattern> patterns;

    private IgnoreRules(List<IgnorePattern> patterns) {
        this.patterns = patterns;
    }

    /** The rules of that folder; of one without an ignore file only those that always hold. */
    static IgnoreRules of(Path folder) throws IOException {
        try (InputStream in = Files.newInputStream(folder.resolve(FILE))) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new ProjectRefusedException("%s is larger than %,d bytes.".formatted(FILE, MAX_BYTES));
            }
            return parse(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (NoSuchFileException none) {
            return new IgnoreRules(List.of());
        } catch (CharacterCodingException notText) {
            throw new ProjectRefusedException(FILE + " is not UTF-8 text.");
        }
    }

    static IgnoreRules parse(String text) throws ProjectRefusedException {
        List<IgnorePattern> patterns = new ArrayList<>();
        int number = 0;
        for (String raw : text.split("\r?\n", -1)) {
            number++;
            String line = withoutTrailingSpaces(raw);
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            try {
                patterns.add(IgnorePattern.parse(line));
            } catch (IllegalArgumentException slip) {
                throw new ProjectRefusedException("%s: line %d %s.".formatted(FILE, number, slip.getMessage()));
            }
            if (patterns.size() > MAX_PATTERNS) {
                throw new ProjectRefusedException("%s has more than %,d patterns.".formatted(FILE, MAX_PATTERNS));
            }
        }
        return new IgnoreRules(List.copyOf(patterns));
    }

    /** A space that a backslash protects stays. */
    private static String withoutTrailingSpaces(String line) {
        int end = line.length();
        while (end > 0 && line.charAt(end - 1) == ' ' && !(end > 1 && line.charAt(end - 2) == '\\')) {
            end--;
        }
        return line.substring(0, end);
    }

    /** Whether that path is left out, given that the folders above it are not. */
    boolean leaveOut(List<String> path, boolean isFolder) {
        String name = path.get(path.size() - 1);
        if (name.equals(GIT) || path.equals(List.of(FILE))) {
            return true;
        }
        for (int index = patterns.size() - 1; index >= 0; index--) {
            if (patterns.get(index).matches(path, isFolder)) {
                return patterns.get(index).leavesOut();
            }
        }
        return false;
    }
}
