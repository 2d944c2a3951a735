import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * {@code java SlimJar.java FROM TO}: copies the jars of a folder, without the native libraries of other machines than
 * this one. A jar that has none of those, or is signed, is copied byte for byte; in the others what stays keeps its
 * order and its times, so that the same jars make the same copies.
 */
final class SlimJar {
    private static final Pattern LIBRARY = Pattern.compile(".*\\.(so|a|dll|dylib|jnilib)");
    private static final Pattern SIGNATURE = Pattern.compile("META-INF/[^/]+\\.SF");

    /** What the libraries call a processor that Java calls so. */
    private static final Map<String, String> PROCESSORS =
            Map.of("amd64", "(x86-64|x86_64|amd64)", "aarch64", "(aarch64|arm64)");

    /** The runtime has its own in native/PROCESSOR, and for Linux alone. */
    private static final Pattern OURS = Pattern.compile("(.*/)?(linux[-/]|native/)%s/.*".formatted(processor()));

    private SlimJar() {}

    private static String processor() {
        String ours = System.getProperty("os.arch");
        return PROCESSORS.getOrDefault(ours, Pattern.quote(ours));
    }

    public static void main(String[] args) throws IOException {
        Path to = Files.createDirectories(Path.of(args[1]));
        try (var jars = Files.newDirectoryStream(Path.of(args[0]), "*.jar")) {
            for (Path jar : jars) {
                copy(jar, to.resolve(jar.getFileName().toString()));
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (ZipFile jar = new ZipFile(from.toFile())) {
            List<String> names = jar.stream().map(ZipEntry::getName).toList();
            boolean isSigned = names.stream().anyMatch(name -> SIGNATURE.matcher(name).matches());
            if (isSigned || names.stream().noneMatch(SlimJar::isForeign)) {
                Files.copy(from, to);
                return;
            }
            try (ZipOutputStream slim = new ZipOutputStream(Files.newOutputStream(to))) {
                for (Enumeration<? extends ZipEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
                    copy(jar, entries.nextElement(), slim);
                }
            }
        }
    }

    private static boolean isForeign(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return LIBRARY.matcher(lower).matches() && !OURS.matcher(lower).matches();
    }

    private static void copy(ZipFile jar, ZipEntry entry, ZipOutputStream slim) throws IOException {
        if (isForeign(entry.getName())) {
            return;
        }
        ZipEntry kept = new ZipEntry(entry.getName());
        kept.setTimeLocal(entry.getTimeLocal());
        slim.putNextEntry(kept);
        jar.getInputStream(entry).transferTo(slim);
        slim.closeEntry();
    }
}
