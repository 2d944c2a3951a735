package io.sandrun.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.SelectOption;
import io.sandrun.broker.Broker;
import io.sandrun.broker.BrokerConfig;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Who may see what: a broker of its own, since the first key closes it to others. */
@ExtendWith(Stage.Extension.class)
class KeysPageTest {
    @TempDir
    private Path directory;

    private Broker broker;
    private Tab tab;

    @BeforeEach
    void open(Stage stage) {
        broker = Broker.start(BrokerConfig.builder(directory).port(0).build());
        tab = new Tab(stage.browser(), broker.url());
    }

    @AfterEach
    void close() {
        List<String> complaints = tab.complaints();
        tab.close();
        broker.close();
        // That a request was refused, or cut off with its key, is told to the console by the browser itself.
        assertThat(complaints)
                .allMatch(complaint -> complaint.contains("status of 401") || complaint.contains("/events"));
    }

    private String make(String name, String role) {
        tab.page().getByLabel("Name").fill(name);
        tab.page().getByLabel("Role").selectOption(new SelectOption().setValue(role));
        tab.button("Make key").click();
        Locator shown = tab.page().locator(".notice .command");
        assertThat(tab.page().locator("td").filter(new Locator.FilterOptions().setHasText(name)))
                .isVisible();
        String key = shown.textContent();
        tab.button("Done").click();
        return key;
    }

    @Test
    void keys_are_made_limited_and_revoked_and_open_what_they_are_for() {
        tab.at("keys");
        assertThat(tab.heading("There is no key")).isVisible();
        tab.inspect("keys-none");
        make("chief", "admin");
        String laptop = make("laptop", "submit");
        assertThat(tab.button("Sign out")).isVisible();
        tab.inspect("keys");

        Locator row = tab.page().locator("tr").filter(new Locator.FilterOptions().setHasText("laptop"));
        row.getByText("Limits").click();
        tab.page().getByLabel("Jobs at once").fill("3");
        tab.button("Set").click();
        assertThat(tab.page().getByLabel("Jobs at once")).hasCount(0);

        tab.button("Sign out").click();
        assertThat(tab.heading("Sign in")).isVisible();
        tab.inspect("sign-in");
        tab.page().getByLabel("API key").fill("sandrun_wrong");
        tab.button("Sign in").click();
        assertThat(tab.page().locator(".trouble")).containsText("no API key");
        tab.page().getByLabel("API key").fill(laptop);
        tab.button("Sign in").click();
        assertThat(tab.card("What you have")).containsText("0 of 3");
        assertThat(tab.card("New key")).hasCount(0);
        assertThat(tab.page().locator(".live")).hasText("live");
        assertThat(tab.page().url()).doesNotContain("sandrun_");
    }

    @Test
    void a_key_that_ends_ends_what_is_shown_under_it() {
        tab.at("keys");
        make("chief", "admin");
        String guest = make("guest", "read");
        try (Tab other = new Tab(tab.page().context().browser(), broker.url())) {
            other.at("jobs");
            other.page().getByLabel("API key").fill(guest);
            other.button("Sign in").click();
            assertThat(other.heading("No job yet")).isVisible();
            assertThat(other.page().locator(".live")).hasText("live");
            Locator row = tab.page().locator("tr").filter(new Locator.FilterOptions().setHasText("guest"));
            row.getByText("Revoke").click();
            tab.button("Revoke").click();
            assertThat(row.locator(".state")).hasText("revoked");
            assertThat(other.heading("Sign in")).isVisible();
        }
    }
}
