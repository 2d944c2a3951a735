package io.sandrun.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.SelectOption;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The main story of each page. */
@ExtendWith(Stage.Extension.class)
class PagesTest {
    private static final String PLOT = """
            import struct, sys, zlib, json
            def chunk(kind, data):
                body = kind + data
                return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
            rows = b"".join(b"\\0" + b"".join(bytes((x, 3 * y, 160)) for x in range(160)) for y in range(80))
            head = struct.pack(">IIBBBBB", 160, 80, 8, 2, 0, 0, 0)
            with open("plot.png", "wb") as picture:
                picture.write(b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", head)
                    + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
            with open("table.csv", "w") as table:
                table.write('name,value\\n"Doe, Jane",1\\n')
            with open("data.json", "w") as data:
                json.dump({"answer": 42}, data)
            with open("notes.txt", "w") as notes:
                notes.write("a note\\n")
            print("\\x1b[32mgreen\\x1b[0m and \\x1b[1;31mred\\x1b[0m")
            print("a complaint", file=sys.stderr)
            """;

    private static String outputsJob;
    private static String failedJob;

    private Stage stage;
    private Tab tab;

    @BeforeAll
    static void runSomeJobs(Stage stage) throws IOException {
        outputsJob = stage.run(Map.of("code", PLOT, "outputs", List.of("*"), "labels", Map.of("zone", "attic")));
        failedJob = stage.run(Map.of("code", "exit 3", "interpreter", "bash"));
        for (int job = 0; job < 6; job++) {
            stage.run(Map.of("code", "echo " + job, "interpreter", "bash"));
        }
    }

    @BeforeEach
    void open(Stage stage, Tab tab) {
        this.stage = stage;
        this.tab = tab;
    }

    @Test
    void the_overview_shows_what_goes_on() throws IOException {
        tab.at("overview");
        assertThat(tab.heading("Overview")).isVisible();
        assertThat(tab.page().locator(".live")).hasText("live");
        assertThat(tab.page().locator(".tile").filter(new Locator.FilterOptions().setHasText("nodes up")))
                .containsText("1");
        assertThat(tab.page().locator("sandrun-chart canvas")).hasCount(4);
        String job = stage.run(Map.of("code", "echo later", "interpreter", "bash"));
        assertThat(tab.link(job)).isVisible();
        tab.inspect("overview");
    }

    @Test
    void jobs_are_listed_live_filtered_and_found_by_their_ids() throws IOException {
        tab.at("jobs");
        assertThat(tab.link(failedJob)).isVisible();
        String job = stage.run(Map.of("code", "echo live", "interpreter", "bash"));
        assertThat(tab.link(job)).isVisible();
        tab.inspect("jobs");

        tab.page().getByLabel("Failed as").selectOption(new SelectOption().setValue("exit_nonzero"));
        assertThat(tab.link(failedJob)).isVisible();
        assertThat(tab.link(job)).hasCount(0);
        tab.button("Clear").click();
        assertThat(tab.link(job)).isVisible();
        tab.page().getByLabel("Label").fill("zone=attic");
        tab.page().keyboard().press("Enter");
        assertThat(tab.link(job)).hasCount(0);
        assertThat(tab.link(outputsJob)).isVisible();
        tab.button("Clear").click();
        assertThat(tab.link(job)).isVisible();
        tab.page().getByLabel("Job id").fill(job.substring(0, job.length() - 2));
        tab.page().keyboard().press("Enter");
        assertThat(tab.link(outputsJob)).hasCount(0);
        assertThat(tab.link(job)).isVisible();
        tab.page().getByLabel("Job id").fill("pool-none");
        tab.page().keyboard().press("Enter");
        assertThat(tab.heading("No job fits")).isVisible();
    }

    @Test
    void a_job_tells_all_about_itself() {
        tab.at("jobs/" + outputsJob);
        assertThat(tab.page().locator("h1")).hasText(outputsJob);
        assertThat(tab.page().locator(".heading .state")).containsText("completed");
        assertThat(tab.page().locator(".timeline .bar").first()).isVisible();
        assertThat(tab.log()).containsText("green and red");
        assertThat(tab.log().locator(".fore-2")).hasText("green");
        assertThat(tab.log().locator("[data-stream=stderr]")).hasText("a complaint");
        assertThat(tab.card("Receipt").locator(".verdict")).containsText("Genuine");
        assertThat(tab.card("Attempts")).containsText("ok");
        assertThat(tab.card("Manifest")).containsText("zone=attic");

        tab.button("Show table.csv").click();
        assertThat(tab.card("Outputs").locator("td").first()).hasText("Doe, Jane");
        tab.button("Show data.json").click();
        assertThat(tab.card("Outputs").locator("pre")).containsText("\"answer\": 42");
        tab.button("Show notes.txt").click();
        assertThat(tab.card("Outputs").locator("pre")).hasText("a note");
        tab.button("Show plot.png").click();
        Locator picture = tab.card("Outputs").locator("img");
        assertThat(picture).isVisible();
        assertThat(picture.evaluate("image => image.decode().then(() => image.naturalWidth)"))
                .isEqualTo(160);
        tab.inspect("job");
        var download =
                tab.page().waitForDownload(() -> tab.button("Save table.csv").click());
        assertThat(download.suggestedFilename()).isEqualTo("table.csv");
    }

    @Test
    void a_job_that_waits_says_why_and_is_cancelled_and_one_that_ended_is_run_again() throws IOException {
        String waiting = stage.submit(Map.of("code", "1", "labels", Map.of("zone", "moon")));
        tab.at("jobs/" + waiting);
        assertThat(tab.card("Why it waits")).containsText("zone");
        tab.inspect("job-waiting");
        tab.button("Cancel").click();
        tab.button("Cancel the job").click();
        assertThat(tab.page().locator(".heading .state")).containsText("cancelled");

        tab.at("jobs/" + failedJob);
        assertThat(tab.page().locator(".heading .state")).containsText("exit nonzero");
        tab.button("Run again").click();
        assertThat(tab.page()).not().hasURL(Pattern.compile(".*" + failedJob));
        assertThat(tab.page().locator(".heading .state")).containsText("exit nonzero");
    }

    @Test
    void a_log_is_shown_while_it_is_written() throws IOException {
        String job = stage.submit(Map.of(
                "code", "echo begun; read line < go || sleep 20; echo ended", "interpreter", "bash", "timeout", 30));
        tab.at("jobs/" + job);
        assertThat(tab.log()).containsText("begun");
        assertThat(tab.page().locator(".heading .state")).containsText("running");
        tab.button("Cancel").click();
        tab.button("Cancel the job").click();
        assertThat(tab.page().locator(".heading .state")).containsText("cancelled");
    }
}
