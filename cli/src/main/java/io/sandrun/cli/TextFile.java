package io.sandrun.cli;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Reads what the user named. */
final class TextFile {
    /** Where its own classes and settings come in, and what it would rather have had. */
    private static final Pattern PARSER_ON_ITSELF =
            Pattern.compile(": was expecting .*| \\((start marker|of type) .*|, from `[^`]*`", Pattern.DOTALL);

    private TextFile() {}

    /** What is wrong with the JSON of a file and where, without the parser's words on itself. */
    static String notJson(Object file, JsonProcessingException slip) {
        String message = PARSER_ON_ITSELF.matcher(slip.getOriginalMessage()).replaceAll("");
        JsonLocation place = slip.getLocation();
        String where = place == null ? "" : "line %d, column %d: ".formatted(place.getLineNr(), place.getColumnNr());
        return "%s is not JSON: %s%s".formatted(file, where, message);
    }

    /**
     * A file, or standard input for {@code -}, as text; never more than a little over the limit is read, whatever the
     * file is.
     *
     * @throws UsageException if it is not there, too large, or no text
     */
    static String read(String file, int limitBytes) throws IOException {
        boolean isStandardInput = file.equals(JobOptions.STANDARD_INPUT);
        if (!isStandardInput && Files.isDirectory(Path.of(file))) {
            throw new UsageException("%s is a folder, and a file is wanted.".formatted(file));
        }
        try (InputStream in = isStandardInput ? System.in : Files.newInputStream(Path.of(file))) {
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
