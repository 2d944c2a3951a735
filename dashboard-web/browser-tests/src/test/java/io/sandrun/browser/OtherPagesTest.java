package io.sandrun.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.FilePayload;
import io.sandrun.node.policy.PauseFile.Pause;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The main story of nodes, environments and the playground. */
@ExtendWith(Stage.Extension.class)
class OtherPagesTest {
    private Tab tab;

    @BeforeEach
    void open(Tab tab) {
        this.tab = tab;
    }

    @Test
    void a_node_tells_what_it_offers_and_is_drained_and_put_back() {
        tab.at("nodes");
        assertThat(tab.page().locator("sandrun-node")).containsText("zone=attic");
        assertThat(tab.page().locator("sandrun-node")).containsText("seccomp");
        assertThat(tab.page().locator("sandrun-node svg")).isVisible();
        tab.inspect("nodes");
        tab.page().locator("sandrun-node button").click();
        tab.button("Drain").click();
        assertThat(tab.page().locator("sandrun-node .state").first()).hasText("drained");
        tab.page().locator("sandrun-node button").click();
        assertThat(tab.page().locator("sandrun-node .state").first()).hasText("active");
    }

    @Test
    void a_node_that_its_owner_has_paused_says_so_until_it_takes_work_again(Stage stage) throws IOException {
        Locator node = tab.page().locator("sandrun-node");
        Instant end = Instant.parse("2099-06-15T12:00:00Z");
        stage.pauses().pause(new Pause(end, false));
        try {
            tab.at("nodes");
            assertThat(node.locator(".state").first()).hasText("closed");
            assertThat(node.locator(".closed")).containsText("It takes no work: it is paused by its owner until");
            assertThat(node.locator(".closed")).containsText("2099");
            tab.inspect("nodes-closed");
        } finally {
            stage.pauses().resume();
        }
        assertThat(node.locator(".state").first()).hasText("active");
        assertThat(node.locator(".closed")).hasCount(0);
    }

    @Test
    void environments_tell_what_is_in_them() {
        tab.at("environments");
        assertThat(tab.heading("Environments")).isVisible();
        assertThat(tab.page().locator(".busy")).hasCount(0);
        tab.inspect("environments");
    }

    @Test
    void a_program_is_written_run_and_watched() {
        tab.at("playground");
        assertThat(tab.page().locator("sandrun-code-editor .cm-content")).containsText("import time");
        tab.inspect("playground");
        tab.page().locator("sandrun-code-editor .cm-content").click();
        tab.page().keyboard().press("Control+A");
        tab.page()
                .keyboard()
                .type("import sys\nprint(sys.argv[1], open('data.txt').read())\nopen('made.txt', 'w').write('made')");
        tab.page().getByLabel("Arguments").fill("first second");
        tab.page()
                .getByLabel("Files beside the program")
                .setInputFiles(
                        new FilePayload("data.txt", "text/plain", "brought along".getBytes(StandardCharsets.UTF_8)));
        tab.button("Run").click();
        assertThat(tab.log()).containsText("first brought along");
        assertThat(tab.page().locator(".run .state")).hasText("completed");
        assertThat(tab.card("Outputs")).containsText("made.txt");
        tab.shoot("playground-run");
        tab.button("Open the job").click();
        assertThat(tab.page().locator("h1")).containsText("pool-");
    }

    @Test
    void the_page_is_used_by_keyboard_alone() {
        tab.at("overview");
        assertThat(tab.heading("Overview")).isVisible();
        tab.page().keyboard().press("Tab");
        assertThat(tab.link("Skip to content")).isFocused();
        tab.page().keyboard().press("Enter");
        assertThat(tab.page().locator("main")).isFocused();
        tab.link("Jobs").focus();
        tab.page().keyboard().press("Enter");
        assertThat(tab.heading("Jobs")).isFocused();
        tab.link("Playground").focus();
        tab.page().keyboard().press("Enter");
        tab.page().locator("sandrun-code-editor .cm-content").focus();
        tab.page().keyboard().press("Escape");
        tab.page().keyboard().press("Tab");
        assertThat(tab.page().getByLabel("Arguments")).isFocused();
    }
}
