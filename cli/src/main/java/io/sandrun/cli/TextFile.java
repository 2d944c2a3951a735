package io.sandrun.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads what the user named. */
final class TextFile {
    private TextFile() {}

    /**
     * A file, or standard input for {@code -}, as text; never more than a little over the limit is read, whatever the
     * file is.
     *
     * @throws UsageException if it is not there, too large, or no text
     */
    static String read(String file, int limitBytes) throws IOException {
        try (InputStream in =
                file.equals(JobOptions.STANDARD_INPUT) ? System.in : Files.newInputStream(Path.of(file))) {
            byte[] bytes = in.readNBytes(limitBytes + 1);
            if (bytes.length > limitBytes) {
                throw new UsageException("%s is larger than %,d bytes.".formatted(file, limitBytes));
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException notText) {
            throw new UsageException("%s is not UTF-8 text.".formatted(file));
        } catch (NoSuchFileException missing) {
            throw new UsageException("There is no file %s.".formatted(file));
        }
    }
}
