package io.sandrun.runtime.install;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;

/** Makes tiny packages for tests, in the forms that pip and npm read. Pure functions. */
public final class Packages {
    private Packages() {}

    public static String wheelName(String name, String version) {
        return name + "-" + version + "-py3-none-any.whl";
    }

    /** A wheel with one module that has {@code VERSION}, and a program of its name. */
    public static byte[] wheel(String name, String version, String... requires) {
        StringBuilder metadata =
                new StringBuilder("Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n");
        for (String requirement : requires) {
            metadata.append("Requires-Dist: ").append(requirement).append('\n');
        }
        String info = name + "-" + version + ".dist-info/";
        Map<String, String> files = new LinkedHashMap<>();
        files.put(name + ".py", "VERSION = '" + version + "'\ndef main():\n    print('" + name + "', VERSION)\n");
        files.put(info + "METADATA", metadata.toString());
        files.put(info + "WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
        files.put(info + "entry_points.txt", "[console_scripts]\n" + name + "-say = " + name + ":main\n");
        StringBuilder record = new StringBuilder();
        files.forEach((path, content) -> record.append(path)
                .append(",sha256=")
                .append(Base64.getUrlEncoder().withoutPadding().encodeToString(digest("SHA-256", bytes(content))))
                .append(',')
                .append(bytes(content).length)
                .append('\n'));
        files.put(info + "RECORD", record + info + "RECORD,,\n");
        return zip(files);
    }

    /** A source package whose build runs this Python code; it needs nothing to be built. */
    public static byte[] source(String name, String version, String code) {
        String root = name + "-" + version + "/";
        String backend = code + "\n"
                + "def build_wheel(directory, settings=None, metadata=None):\n"
                + "    raise SystemExit('the build ends here')\n";
        return tarGz(Map.of(
                root + "PKG-INFO",
                "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n",
                root + "pyproject.toml",
                "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n",
                root + "backend.py",
                backend));
    }

    /** A page of a simple index. */
    public static byte[] links(String... files) {
        StringBuilder page = new StringBuilder("<!DOCTYPE html><html><body>\n");
        for (String file : files) {
            page.append("<a href=\"/files/" + file + "\">" + file + "</a>\n");
        }
        return bytes(page + "</body></html>\n");
    }

    /** A package of npm with these files. */
    public static byte[] npm(Map<String, String> files) {
        Map<String, String> packed = new LinkedHashMap<>();
        files.forEach((path, content) -> packed.put("package/" + path, content));
        return tarGz(packed);
    }

    /** What a registry says of a package with one version. */
    public static byte[] npmDocument(String name, String version, String manifestRest, String url, byte[] tarball) {
        String integrity = "sha512-" + Base64.getEncoder().encodeToString(digest("SHA-512", tarball));
        return bytes("""
                {"name":"%s","dist-tags":{"latest":"%s"},"versions":{"%s":{"name":"%s","version":"%s"%s,
                "dist":{"tarball":"%s","integrity":"%s","shasum":"%s"}}}}
                """.formatted(
                        name,
                        version,
                        version,
                        name,
                        version,
                        manifestRest,
                        url,
                        integrity,
                        HexFormat.of().formatHex(digest("SHA-1", tarball))));
    }

    public static byte[] zip(Map<String, String> files) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (var file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(bytes(file.getValue()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    public static byte[] tarGz(Map<String, String> files) {
        Map<String, byte[]> contents = new LinkedHashMap<>();
        files.forEach((path, content) -> contents.put(path, bytes(content)));
        return tarGzOf(contents);
    }

    public static byte[] tarGzOf(Map<String, byte[]> files) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GzipCompressorOutputStream(bytes))) {
            for (var file : files.entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
                entry.setSize(file.getValue().length);
                tar.putArchiveEntry(entry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] digest(String algorithm, byte[] content) {
        try {
            return MessageDigest.getInstance(algorithm).digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
