package io.sandrun.broker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.project.PartSink;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies as clients write them, as nobody should, and in whatever pieces they come. */
class MultipartReaderTest {
    private static final String BOUNDARY = "--aXa";
    private static final String HEADER = "Content-Disposition: form-data; name=\"files\"; filename=\"x\"\r\n";

    /** Notes parts as {@code name|file|content}. */
    private static final class Noted implements PartSink {
        private final List<String> parts = new ArrayList<>();
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private String name = "";

        @Override
        public void begin(String field, @Nullable String fileName) {
            name = field + "|" + fileName + "|";
            content.reset();
        }

        @Override
        public void content(byte[] bytes, int offset, int count) {
            content.write(bytes, offset, count);
        }

        @Override
        public void end() {
            parts.add(name + content.toString(StandardCharsets.UTF_8));
        }
    }

    private static List<String> read(InputStream body) {
        Noted noted = new Noted();
        new MultipartReader(body, BOUNDARY).read(noted);
        return noted.parts;
    }

    private static List<String> read(String body) {
        return read(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
    }

    private static String part(String headers, String content) {
        return "--" + BOUNDARY + "\r\n" + headers + "\r\n" + content + "\r\n";
    }

    private static final String END = "--" + BOUNDARY + "--";

    /** Comes in pieces of random lengths. */
    private static InputStream inPieces(byte[] body, Random random) {
        return new ByteArrayInputStream(body) {
            @Override
            public synchronized int read(byte[] bytes, int offset, int length) {
                return super.read(bytes, offset, Math.min(length, 1 + random.nextInt(12)));
            }
        };
    }

    @Test
    void any_content_in_any_pieces_comes_out_as_it_was() {
        long seed = ThreadLocalRandom.current().nextLong();
        Random random = new Random(seed);
        String letters = "\r\n--aXa-- \t";
        for (int round = 0; round < 20_000; round++) {
            List<String> expected = new ArrayList<>();
            StringBuilder body = new StringBuilder();
            for (int parts = random.nextInt(4); parts > 0; parts--) {
                StringBuilder content = new StringBuilder();
                for (int length = random.nextInt(50); length > 0; length--) {
                    content.append(letters.charAt(random.nextInt(letters.length())));
                }
                String text = content.toString().replace("--" + BOUNDARY, "");
                body.append(part(HEADER, text));
                expected.add("files|x|" + text);
            }
            byte[] bytes = body.append(END).toString().getBytes(StandardCharsets.UTF_8);
            assertThat(read(inPieces(bytes, random))).as("seed %d", seed).isEqualTo(expected);
        }
    }

    @Test
    void content_larger_than_every_buffer_comes_out_as_it_was() {
        byte[] content = new byte[1 << 20];
        long seed = ThreadLocalRandom.current().nextLong();
        new Random(seed).nextBytes(content);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(("--" + BOUNDARY + "\r\n" + HEADER + "\r\n").getBytes(StandardCharsets.UTF_8));
        body.writeBytes(content);
        body.writeBytes(("\r\n" + END).getBytes(StandardCharsets.UTF_8));
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        new MultipartReader(new ByteArrayInputStream(body.toByteArray()), BOUNDARY).read(new PartSink() {
            @Override
            public void begin(String field, @Nullable String fileName) {}

            @Override
            public void content(byte[] bytes, int offset, int count) {
                seen.write(bytes, offset, count);
            }

            @Override
            public void end() {}
        });
        assertThat(Arrays.equals(seen.toByteArray(), content))
                .as("seed %d", seed)
                .isTrue();
    }

    @Test
    void a_body_that_breaks_off_anywhere_is_told_apart_from_one_that_ended() {
        String body = part(HEADER, "hello\r\n--") + part(HEADER, "") + END;
        assertThat(read(body)).containsExactly("files|x|hello\r\n--", "files|x|");
        for (int length = 0; length < body.length(); length++) {
            String broken = body.substring(0, length);
            assertThatThrownBy(() -> read(broken))
                    .as("after %d", length)
                    .isInstanceOfSatisfying(
                            Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_MULTIPART))
                    .hasMessageContaining("is not whole");
        }
    }

    @Test
    void what_only_looks_like_a_boundary_is_content() {
        String content = "\r\n--" + BOUNDARY + "b\r\n\n" + "--" + BOUNDARY + "--\r\n--" + BOUNDARY + "-\r";
        assertThat(read(part(HEADER, content) + END)).containsExactly("files|x|" + content);
    }

    @Test
    void blanks_after_a_boundary_and_text_around_the_parts_are_passed_over() {
        String body =
                "Greetings.\r\n--" + BOUNDARY + " \t\r\n" + HEADER + "\r\na\r\n" + END + "\r\nFarewell.\r\n" + END;
        assertThat(read(body)).containsExactly("files|x|a");
    }

    @Test
    void a_part_may_end_with_its_headers() {
        assertThat(read("--" + BOUNDARY + "\r\n" + HEADER + "\r\n" + END)).containsExactly("files|x|");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: text/plain\r\n",
                "\r\n",
                "no colon\r\n",
                " Content-Disposition: form-data; name=\"a\"\r\n",
                "Content-Disposition: attachment; name=\"a\"\r\n",
                "Content-Disposition: form-data\r\n",
                "Content-Disposition: form-data; name=\"a\r\n",
                "Content-Disposition: form-data; name=\"files\"b; filename=x\r\n",
                "Content-Disposition: form-data; name=\"files\" \"b\"\r\n",
                "Content-Disposition: form-data; name=\"\r\n",
                "Content-Disposition: form-data; name=a; name=b\r\n",
                "Content-Disposition: form-data; name=a; filename*=nothing\r\n",
                "Content-Disposition: form-data; name=a; filename*=UTF-8''%e\r\n",
                "Content-Disposition: form-data; name=a; filename*=KOI8-R''a\r\n",
                "Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b\r\n",
            })
    void headers_that_say_nothing_are_refused(String headers) {
        assertThatThrownBy(() -> read(part(headers, "") + END))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_MULTIPART));
    }

    @Test
    void headers_and_parts_are_bounded() {
        String many = "X: y\r\n".repeat(Limits.PART_HEADER_BYTES / 6 + 1);
        assertThatThrownBy(() -> read(part(many, "") + END)).hasMessageContaining("headers of more than");
        String longOne = "X: " + "y".repeat(10 * Limits.PART_HEADER_BYTES) + "\r\n";
        assertThatThrownBy(() -> read(part(longOne, "") + END)).hasMessageContaining("headers of more than");
        String parts = part(HEADER, "").repeat(Limits.UPLOAD_FILES + 100);
        assertThatThrownBy(() -> read(parts + END)).hasMessageContaining("one too many");
    }

    @Test
    void names_are_read_however_they_are_written() {
        assertThat(read(part("content-disposition:form-data;name=files;filename=a.txt\r\n", "") + END))
                .containsExactly("files|a.txt|");
        assertThat(names("filename=\"a b; c.txt\"")).isEqualTo("a b; c.txt");
        assertThat(names("filename=\"größe.txt\"")).isEqualTo("größe.txt");
        assertThat(names("filename=\"a%22b%0D%0A.txt\"")).isEqualTo("a\"b\r\n.txt");
        assertThat(names("filename=\"a\\\"b.txt\"")).isEqualTo("a\"b.txt");
        assertThat(names("filename=\"C:\\dir\\a.txt\"")).isEqualTo("C:\\dir\\a.txt");
        assertThat(names("filename=\"\"")).isEmpty();
        assertThat(names("filename=\"=;=\" ; x=y")).isEqualTo("=;=");
        assertThat(names("filename=\"100%.txt\"")).isEqualTo("100%.txt");
        assertThat(names("filename*=UTF-8''%e2%82%ac%20rates.txt")).isEqualTo("€ rates.txt");
        assertThat(names("filename=\"rates.txt\"; filename*=utf-8'en'%c3%a4.txt"))
                .isEqualTo("ä.txt");
        assertThat(names("filename*=ISO-8859-1''%E4.txt; filename=\"a.txt\"")).isEqualTo("ä.txt");
        assertThat(names("size=3")).isEqualTo("null");
    }

    private static String names(String parameters) {
        String header = "Content-Disposition: form-data; name=\"f\"; " + parameters + "\r\n";
        String noted = read(part(header, "") + END).get(0);
        return noted.substring(2, noted.length() - 1);
    }
}
