package io.sandrun.cli.join;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The settings of a node in a folder: {@code node.conf} with the options that its service gives to {@code sandrun
 * node}, and the secrets and certificates that these name. Each file is replaced whole.
 *
 * @param folder made if absent
 * @param reader to whom secrets belong; nobody in particular where it is who writes them
 */
public record NodeSettings(Path folder, Optional<String> reader) {
    private static final String SECRET = "rw-------";
    private static final String PUBLIC = "rw-r--r--";

    /**
     * How the names of files begin that options name, and that go when none does: the folder has others' files as well,
     * a broker's key perhaps. Each content has a name of its own: a broker that does not take the node leaves those of
     * the one before as they were.
     */
    private static final String OWN = "joined-";

    /** The last part of such a file's path, behind its folder. */
    private static final Pattern NAME = Pattern.compile("(?<=/)" + OWN + "[^/\\s\"]+(?=[\\s\"])");

    private static final String TITLE = """
            # Written by `sandrun join`, and read when the node starts: options of `sandrun node`.
            """;

    public Path options() {
        return folder.resolve("node.conf");
    }

    /** What the owner allows; the package brings one. */
    public Path policy() {
        return folder.resolve("policy.json");
    }

    /** Where what the node is let in with is kept: for its reader alone. */
    public Path secret(String name, String content) throws IOException {
        return write(OWN + name + ".key", content + "\n", SECRET);
    }

    /** A copy of a certificate of those who vouch for the broker. */
    public Path copy(Path certificate) throws IOException {
        String content = Files.readString(certificate, StandardCharsets.ISO_8859_1);
        return write(OWN + "%08x.ca".formatted(content.hashCode()), content, PUBLIC);
    }

    /** @param arguments of the command, an option and its value behind each other */
    public void keep(List<String> arguments) throws IOException {
        StringBuilder text = new StringBuilder(TITLE);
        for (String argument : arguments) {
            text.append(argument.startsWith("--") ? "\n" : " ").append(quoted(argument));
        }
        write(options().getFileName().toString(), text.append('\n').toString(), PUBLIC);
        forgetUnnamed();
    }

    /** Removes secrets and certificates that the kept options do not name, and what an interrupted write has left. */
    public void forgetUnnamed() throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        String kept = Files.exists(options()) ? Files.readString(options()) : "";
        Set<String> named = NAME.matcher(kept).results().map(MatchResult::group).collect(Collectors.toSet());
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, OWN + "*")) {
            for (Path file : files) {
                if (!named.contains(file.getFileName().toString())) {
                    Files.delete(file);
                }
            }
        }
    }

    /**
     * As the command's reader of such files takes words: in quotes where a blank or a mark would end them, and without
     * the ends of lines, which end a word in quotes, too.
     */
    static String quoted(String argument) {
        return argument.matches("[\\w./:=,@%+-]+")
                ? argument
                : '"'
                        + argument.replace("\\", "\\\\")
                                .replace("\"", "\\\"")
                                .replace("\n", "\\n")
                                .replace("\r", "\\r")
                        + '"';
    }

    private Path write(String name, String content, String mode) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve(name);
        Path draft = Files.createTempFile(
                folder, name, "", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(SECRET)));
        try {
            Files.writeString(draft, content, StandardCharsets.UTF_8);
            Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString(mode));
            if (reader.isPresent()) {
                Files.setOwner(draft, user(reader.get()));
            }
            return Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private UserPrincipal user(String name) throws IOException {
        return folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(name);
    }
}
