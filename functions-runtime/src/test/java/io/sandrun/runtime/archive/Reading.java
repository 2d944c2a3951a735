package io.sandrun.runtime.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sandrun.runtime.archive.ArchiveRefusedException.Fault;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** Reads archives into memory, for tests. */
final class Reading {
    static final ArchiveLimits LIMITS = new ArchiveLimits(10 << 20, 40 << 20, 30 << 20, 1000, 1000, 10, 200);

    private Reading() {}

    static Map<String, String> tree(byte[] archive) throws IOException {
        RecordingSink sink = new RecordingSink();
        new ArchiveReader(LIMITS, sink).read(new ByteArrayInputStream(archive));
        return sink.tree();
    }

    static ArchiveRefusedException refusal(byte[] archive) {
        return refusal(archive, LIMITS);
    }

    static ArchiveRefusedException refusal(byte[] archive, ArchiveLimits limits) {
        ArchiveReader reader = new ArchiveReader(limits, new RecordingSink());
        return catchThrowableOfType(
                ArchiveRefusedException.class, () -> reader.read(new ByteArrayInputStream(archive)));
    }

    static void refuses(byte[] archive, Fault fault, String words) {
        ArchiveRefusedException refusal = refusal(archive);
        assertThat(refusal).as("refusal for %s", fault).isNotNull();
        assertThat(refusal.fault()).as(refusal.getMessage()).isEqualTo(fault);
        assertThat(refusal.getMessage()).contains(words);
    }

    static byte[] gzipped(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes);
        }
        return packed.toByteArray();
    }
}
