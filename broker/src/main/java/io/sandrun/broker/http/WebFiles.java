package io.sandrun.broker.http;

import io.sandrun.protocol.identity.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files that the page consists of: those of the module {@code dashboard-web}, and those of its libraries, which it
 * has as WebJars under {@code lib/NAME/...}; the version of each stands in the build and nowhere else. Read when they
 * are first asked for, and kept: there are as many as the program has. Thread-safe.
 */
final class WebFiles {
    private static final String OWN = "/io/sandrun/dashboard/";
    private static final String LIBRARY_PROPERTIES = "/META-INF/maven/org.webjars.npm/%s/pom.properties";
    private static final String LIBRARY_FILE = "/META-INF/resources/webjars/%s/%s/%s";

    /** Of a path: none of ours is as long, and a pattern with repeated groups must not be given any length. */
    private static final int PATH_CHARACTERS = 200;

    /** Folders and a file, no name of which begins with a dot: nothing else of the class path can be meant. */
    private static final Pattern PATH = Pattern.compile("(?:[\\w-]+(?:\\.[\\w-]+)*/)*[\\w-]+(?:\\.[\\w-]+)*");

    private static final Pattern OF_LIBRARY = Pattern.compile("lib/([\\w-]+)/(.+)");

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    private final Map<String, WebFile> found = new ConcurrentHashMap<>();

    /** One of them. */
    static final class WebFile {
        private final byte[] content;
        private final String type;
        private final String tag;

        private WebFile(byte[] content, String type) {
            this.content = content;
            this.type = type;
            this.tag = Conditions.tag(Digest.of(content));
        }

        byte[] content() {
            return content;
        }

        String type() {
            return type;
        }

        /** For the header ETag. */
        String tag() {
            return tag;
        }
    }

    Optional<WebFile> find(String path) {
        String type = TYPES.get(path.substring(path.lastIndexOf('.') + 1));
        if (type == null
                || path.length() > PATH_CHARACTERS
                || !PATH.matcher(path).matches()) {
            return Optional.empty();
        }
        WebFile known = found.get(path);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<WebFile> read = resource(path).map(WebFiles::load).map(bytes -> new WebFile(bytes, type));
        read.ifPresent(file -> found.put(path, file));
        return read;
    }

    /** @throws IllegalStateException if the program lacks it */
    WebFile require(String path) {
        return find(path).orElseThrow(() -> new IllegalStateException("the program lacks its page's file " + path));
    }

    private static Optional<String> resource(String path) {
        Matcher ofLibrary = OF_LIBRARY.matcher(path);
        if (!ofLibrary.matches()) {
            return Optional.of(OWN + path);
        }
        String library = ofLibrary.group(1);
        return version(library).map(version -> LIBRARY_FILE.formatted(library, version, ofLibrary.group(2)));
    }

    private static Optional<String> version(String library) {
        try (InputStream in = WebFiles.class.getResourceAsStream(LIBRARY_PROPERTIES.formatted(library))) {
            if (in == null) {
                return Optional.empty();
            }
            Properties properties = new Properties();
            properties.load(in);
            return Optional.ofNullable(properties.getProperty("version"));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static byte @Nullable [] load(String resource) {
        try (InputStream in = WebFiles.class.getResourceAsStream(resource)) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
