package io.sandrun.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What jobs print and leave is shown as what it is, whatever it tries. */
@ExtendWith(Stage.Extension.class)
class HostileJobsTest {
    private static final String MARKUP =
            "<script>document.title='RAN'</script><img src=x onerror=\"document.title='RAN'\">";

    private Stage stage;
    private Tab tab;

    @BeforeEach
    void open(Stage stage, Tab tab) {
        this.stage = stage;
        this.tab = tab;
    }

    @Test
    void markup_is_text_in_the_log_in_names_and_in_files() throws IOException {
        String code = """
                MARKUP = %s
                print(MARKUP)
                open("<img src=x onerror=alert(1)>.txt", "w").write(MARKUP)
                open("page.html", "w").write(MARKUP)
                open("drawing.svg", "w").write('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')
                open("picture.png", "w").write(MARKUP)
                """.formatted("'''" + MARKUP + "'''");
        String job = stage.run(Map.of("code", code, "outputs", List.of("*"), "args", List.of(MARKUP)));
        tab.at("jobs/" + job);
        assertThat(tab.log()).containsText(MARKUP);
        tab.button("Show page.html").click();
        assertThat(tab.card("Outputs").locator("pre")).hasText(MARKUP);
        tab.button("Show drawing.svg").click();
        assertThat(tab.card("Outputs").locator("pre")).containsText("onload");
        tab.button("Show <img src=x onerror=alert(1)>.txt").click();
        assertThat(tab.card("Outputs").locator("pre")).hasText(MARKUP);
        tab.button("Show picture.png").click();
        assertThat(tab.card("Outputs").getByRole(AriaRole.ALERT)).containsText("no picture");
        assertThat(tab.page().locator("main script, main svg[onload], main img[onerror]"))
                .hasCount(0);
        assertThat(tab.page().title()).doesNotContain("RAN");
        tab.shoot("hostile-markup");
    }

    @Test
    void escapes_of_terminals_colour_text_and_do_nothing_else() throws IOException {
        String code = """
                import sys
                write = sys.stdout.write
                write("\\x1b]0;title\\x07\\x1b]8;;http://evil.example\\x1b\\\\link\\x1b]8;;\\x1b\\\\\\n")
                write("\\x1b[2J\\x1b[H\\x1b[999999999;999999999H\\x1b[?1049hstill here\\n")
                write("\\x1b[38;2;255;0;0mtrue\\x1b[48;5;21mcolour\\x1b[0m\\n")
                write("\\x1b[" + "1;" * 100000 + "m" + "\\n")
                write("\\x1b]0;" + "x" * 100000 + "\\n")
                write("progress 1\\rprogress 2\\rprogress 3\\n")
                write("right\\u202eto left\\u0000\\u0008\\n")
                write("Z" + "\\u0301" * 5000 + "\\n")
                for n in range(20000):
                    write("\\x1b[3" + str(n % 8) + "mx")
                write("\\x1b[0m\\nlast line\\n")
                """;
        String job = stage.run(Map.of("code", code));
        tab.at("jobs/" + job);
        assertThat(tab.log()).containsText("last line");
        tab.log().evaluate("view => { view.scrollTop = 0; }");
        assertThat(tab.log()).containsText("still here");
        assertThat(tab.log()).containsText("progress 3");
        assertThat(tab.log()).not().containsText("progress 2");
        assertThat(tab.log()).containsText("right<202E>to left");
        assertThat(tab.log().locator(".fore-9, .fore-1").first()).containsText("true");
        assertThat(tab.page().title()).doesNotContain("title");
        assertThat((Integer) tab.log().evaluate("view => view.querySelectorAll('.line').length"))
                .isLessThan(120);
        tab.shoot("hostile-escapes");
    }

    @Test
    void a_log_of_fifty_megabytes_is_shown_from_its_end_and_read_from_its_start() throws IOException {
        String code = """
                line = "x" * 99 + "\\n"
                print("the first line")
                for block in range(500):
                    print(line * 1000, end="")
                print("y" * 2000000)
                print("the last line")
                """;
        String job = stage.run(Map.of("code", code));
        tab.at("jobs/" + job);
        assertThat(tab.log()).containsText("the last line");
        assertThat((Integer) tab.page().evaluate("document.querySelectorAll('*').length"))
                .isLessThan(2_000);
        tab.shoot("hostile-long-log");
        tab.button("From the start").click();
        assertThat(tab.log()).containsText("the first line");
        assertThat(tab.button("Next part")).isVisible();
    }
}
