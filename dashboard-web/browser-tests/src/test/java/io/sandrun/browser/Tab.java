package io.sandrun.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/** A tab of the browser at the dashboard, and all that it complains of. */
final class Tab implements AutoCloseable {
    private static final double PATIENCE_MS = 30_000;
    private static final int WIDTH = 1280;
    private static final int HEIGHT = 860;
    /** What stands in the cell of a job's id ends before the cell of its time begins, or below that. */
    private static final String LABELS_LIE_BESIDE_NOTHING = """
            [...document.querySelectorAll('table.jobs tbody tr')].every((row) => {
              const time = row.querySelector('.when').getBoundingClientRect();
              return [...row.querySelectorAll('.id *')]
                .map((part) => part.getBoundingClientRect())
                .every((part) => part.right <= time.left || part.top >= time.bottom || part.bottom <= time.top);
            })
            """;

    private static final int PHONE_WIDTH = 390;
    private static final int PHONE_HEIGHT = 844;
    private static final Path SCREENSHOTS = Path.of("target/screenshots");

    private static final String AXE = axe();

    /** Findings that keep somebody from using the page, each with where it is. */
    private static final String FINDINGS = """
            async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
                .filter(found => ["serious", "critical"].includes(found.impact))
                .flatMap(found => found.nodes.map(node => `${found.id}: ${node.target} ${node.failureSummary}`))""";

    private final BrowserContext context;
    private final Page page;
    private final String url;
    private final List<String> complaints = new ArrayList<>();

    Tab(Browser browser, String url) {
        this.url = url;
        this.context = browser.newContext(new Browser.NewContextOptions()
                .setViewportSize(WIDTH, HEIGHT)
                .setLocale("en-GB")
                .setReducedMotion(ReducedMotion.REDUCE));
        context.setDefaultTimeout(PATIENCE_MS);
        // What is asserted has a patience of its own, which is short.
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MS);
        this.page = context.newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) {
                complaints.add(message.type() + ": " + message.text() + " at " + message.location());
            }
        });
        page.onPageError(error -> complaints.add("uncaught: " + error));
    }

    Page page() {
        return page;
    }

    /** Goes to a place of the dashboard, {@code jobs/ID}. */
    Tab at(String place) {
        page.navigate(url + "/#/" + place);
        return this;
    }

    Locator heading(String name) {
        return page.getByRole(
                AriaRole.HEADING, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    Locator button(String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    Locator link(String name) {
        return page.getByRole(
                AriaRole.LINK, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    /** A card by its heading. */
    Locator card(String heading) {
        return page.locator(
                "section.card",
                new Page.LocatorOptions().setHas(page.locator("h2", new Page.LocatorOptions().setHasText(heading))));
    }

    Locator log() {
        return page.locator("sandrun-log .log");
    }

    /** Looks for hurdles and keeps pictures: light, dark, and on a phone. */
    void inspect(String name) {
        page.setViewportSize(WIDTH, HEIGHT);
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            shoot(name + "-" + scheme.name().toLowerCase(Locale.ROOT));
            if (page.evaluate("typeof axe === 'undefined'").equals(true)) {
                page.evaluate(AXE);
            }
            assertThat((List<?>) page.evaluate(FINDINGS))
                    .as("%s, %s", name, scheme)
                    .isEmpty();
        }
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
        page.setViewportSize(PHONE_WIDTH, PHONE_HEIGHT);
        shoot(name + "-phone");
        assertThat((Boolean) page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                .as("%s fits on a phone", name)
                .isTrue();
        assertThat((Boolean) page.evaluate(LABELS_LIE_BESIDE_NOTHING))
                .as("on a phone nothing of a job in %s lies over when it came", name)
                .isTrue();
        page.setViewportSize(WIDTH, HEIGHT);
    }

    void shoot(String name) {
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(SCREENSHOTS.resolve(name + ".png"))
                .setFullPage(true));
    }

    List<String> complaints() {
        return List.copyOf(complaints);
    }

    @Override
    public void close() {
        context.close();
    }

    private static String axe() {
        String library = "META-INF/maven/org.webjars.npm/axe-core/pom.properties";
        try {
            Properties properties = new Properties();
            properties.load(resource(library));
            String file =
                    "META-INF/resources/webjars/axe-core/%s/axe.min.js".formatted(properties.getProperty("version"));
            return new String(resource(file).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static InputStream resource(String name) throws IOException {
        InputStream found = Tab.class.getClassLoader().getResourceAsStream(name);
        if (found == null) {
            throw new IOException("not on the class path: " + name);
        }
        return found;
    }
}
