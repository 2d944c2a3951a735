package io.sandrun.benchmarks.fuzz;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The judge of the fuzzers sees what it is there to see. */
class AnswerCheckTest {
    private static final byte[] NOTHING = new byte[0];
    private static final String SOUND = "{\"error\":\"There is no such path.\",\"code\":\"not_found\",\"details\":{}}";

    private static byte[] answer(String status, String type, String body) {
        return ("HTTP/1.1 " + status + "\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length() + "\r\n\r\n"
                        + body)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void nothing_and_sound_answers_pass() {
        assertThatCode(() -> AnswerCheck.check(NOTHING, NOTHING)).doesNotThrowAnyException();
        assertThatCode(() -> AnswerCheck.check(NOTHING, answer("404 Not Found", "application/json", SOUND)))
                .doesNotThrowAnyException();
        assertThatCode(() -> AnswerCheck.check(NOTHING, answer("200 OK", "text/html", "<p>")))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "500 Error|application/json|{\"error\":\"E.\",\"code\":\"internal\",\"details\":{}}|fault of ours",
                "400 Bad Request|text/html|<h1>Bad</h1>|not JSON",
                "400 Bad Request|application/json|{\"error\":\"E.\"}|not the shape",
                "400 Bad Request|application/json|{\"error\":\"E.\",\"code\":\"x\",\"details\":[]}|not the shape",
                "400 Bad|application/json|{\"error\":\"java.io.IOException: x\",\"code\":\"x\",\"details\":{}}|inside",
            })
    void what_must_not_be_is_told(String status, String type, String body, String complaint) {
        assertThatThrownBy(() -> AnswerCheck.check(NOTHING, answer(status, type, body)))
                .hasMessageContaining(complaint);
    }

    @Test
    void a_word_of_the_sender_may_come_back() {
        byte[] echo = answer(
                "400 Bad Request",
                "application/json",
                "{\"error\":\"Unrecognized token 'anException'.\",\"code\":\"invalid_json\",\"details\":{}}");
        assertThatThrownBy(() -> AnswerCheck.check(NOTHING, echo)).hasMessageContaining("inside");
        assertThatCode(() -> AnswerCheck.check("anException".getBytes(StandardCharsets.US_ASCII), echo))
                .doesNotThrowAnyException();
    }

    @Test
    void every_one_of_several_answers_is_looked_at() {
        byte[] good = answer("404 Not Found", "application/json", SOUND);
        byte[] bad = answer("500 Server Error", "application/json", SOUND);
        byte[] both = new byte[good.length + bad.length];
        System.arraycopy(good, 0, both, 0, good.length);
        System.arraycopy(bad, 0, both, good.length, bad.length);
        assertThatThrownBy(() -> AnswerCheck.check(NOTHING, both)).hasMessageContaining("fault of ours");
    }
}
