package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.e2e.browser.Browser;
import dev.varve.e2e.browser.BrowserPage;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.OpenApi;
import dev.varve.e2e.fixture.OpenApi.Operation;
import dev.varve.e2e.fixture.RunningVarve;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The pages the server ships work in a real browser, and talk to nobody but the server.
class ServedPagesTest {
    private static final List<String> PAGES = List.of("/", "/docs/errors", "/docs");
    private static final String WHOAMI = "[id='operations-API_keys-whoami']";

    private static RunningVarve varve;
    private static Browser browser;

    /// Drawing it costs seconds, so the tests that only look at it share it.
    private static BrowserPage reference;

    @BeforeAll
    static void start() {
        varve = RunningVarve.prepare(
                Directories.fresh(ServedPagesTest.class, "all").resolve("data"), List.of(), Map.of());
        varve.start();
        browser = Browser.start(ServedPagesTest.class);
        reference = openReference();
    }

    @AfterAll
    static void stop() {
        browser.close();
        varve.close();
    }

    @Test
    void theReferenceShowsEveryDescribedOperationInItsGroup() {
        OpenApi described = OpenApi.parse(varve.http().get("/openapi.yaml").text());

        List<String> shown = texts(reference, ".opblock-summary-path");
        assertThat(new TreeSet<>(shown))
                .isEqualTo(new TreeSet<>(
                        described.operations().stream().map(Operation::path).toList()));
        assertThat(shown).hasSameSizeAs(described.operations());
        assertThat(texts(reference, ".opblock-tag a")).startsWith("API keys").contains("Events", "Ingest");
        assertThat(texts(reference, ".opblock-tag a")).doesNotContain("default");
        assertQuiet(reference);
    }

    @Test
    void anOperationOpensWithItsParametersAndExamples() {
        reference.click("[id='operations-Projects-createProject'] .opblock-summary-control");
        reference.awaitTrue("document.querySelectorAll('.opblock.is-open .example').length > 3");

        assertThat(reference.text(".opblock.is-open .parameters-container")).contains("Idempotency-Key");
        assertThat(reference.text(".opblock.is-open .opblock-section-request-body"))
                .contains("\"timezone\": \"Europe/");
        assertThat(reference.text(".opblock.is-open tr.response[data-code='409']"))
                .contains("\"code\": \"CONFLICT\"");
        assertQuiet(reference);
    }

    @Test
    void aTypedKeyCallsTheApiAndIsForgottenWithThePage() {
        BrowserPage page = openReference();

        page.click(".btn.authorize");
        page.type(".auth-container input", varve.bootstrap().path("apiKey").asText());
        page.click(".auth-container .authorize");
        page.click(".auth-container .btn-done");
        assertThat(whoami(page)).startsWith("200").contains("\"organizationId\": \"org_");
        assertQuiet(page);
        assertThat(page.evaluate("localStorage.length + sessionStorage.length + document.cookie.length")
                        .asInt())
                .isZero();

        page.open(varve.base().resolve("/docs"));
        assertThat(whoami(page)).startsWith("401").contains("UNAUTHENTICATED");
    }

    @Test
    void anErrorCodeCanBeLinkedTo() {
        BrowserPage page = browser.newPage().open(varve.base().resolve("/docs/errors#VALIDATION"));
        assertThat(page.text(":target h2")).isEqualTo("VALIDATION");
        assertThat(page.evaluate("Math.round(document.querySelector(':target').getBoundingClientRect().top)")
                        .asInt())
                .isZero();

        page.open(varve.base().resolve("/docs/errors"));
        assertThat(texts(page, ".codes a")).isEqualTo(texts(page, "section h2"));
        page.click(".codes a[href='#RATE_LIMITED']");
        page.awaitTrue("document.querySelector(':target h2')?.innerText === 'RATE_LIMITED'");
        assertQuiet(page);
    }

    @Test
    void everyLinkWithinTheServerLeadsSomewhere() {
        for (String path : PAGES) {
            BrowserPage page = page(path);
            List<String> dead = new ArrayList<>();
            for (String link : strings(page.evaluate("[...document.links].map(link => link.href)"))) {
                URI target = URI.create(link);
                boolean isOurs = sameServer(target);
                if (isOurs && varve.http().get(target.getRawPath()).status() != 200) {
                    dead.add(link);
                }
            }
            assertThat(page.evaluate("document.links.length").asInt()).isGreaterThan(2);
            assertThat(dead).as(path).isEmpty();
            assertThat(strings(page.evaluate("""
                    [...document.links].map(link => link.hash.slice(1))
                        .filter(hash => hash && !hash.startsWith('/') && !document.getElementById(hash))"""))).as("anchors of " + path).isEmpty();
        }
    }

    @Test
    void thePagesFitOnAPhoneAndLoadNothingFromElsewhere() {
        for (String path : PAGES) {
            BrowserPage page = page(path);
            page.resize(390, 844);
            assertThat(page.evaluate("document.documentElement.scrollWidth").asInt())
                    .as(path)
                    .isLessThanOrEqualTo(390);
            assertQuiet(page);
            page.resize(1280, 900);
        }
    }

    @Test
    void aPageIsDarkAsAWholeOrNotAtAll() {
        BrowserPage page = browser.newPage();
        page.preferDark();
        for (String path : PAGES) {
            page.open(varve.base().resolve(path));
            page.awaitTrue("getComputedStyle(document.documentElement).colorScheme.includes('dark')");
        }
    }

    @Test
    void aPageThatAskedElsewhereWouldBeStoppedAndNoticed() {
        BrowserPage page = open("/docs/errors");

        page.evaluate("fetch('https://validator.example/').catch(() => {})");

        assertThat(page.problems()).anySatisfy(problem -> assertThat(problem).contains("Content Security Policy"));
    }

    private static BrowserPage open(String path) {
        return browser.newPage().open(varve.base().resolve(path));
    }

    private static BrowserPage page(String path) {
        return path.equals("/docs") ? reference : open(path);
    }

    private static BrowserPage openReference() {
        BrowserPage page = open("/docs");
        page.awaitTrue("document.querySelector('" + WHOAMI.replace("'", "\\'") + "')");
        return page;
    }

    /// Status and body of the answer that the reference shows after asking.
    private static String whoami(BrowserPage page) {
        page.click(WHOAMI + " .opblock-summary-control");
        page.click(WHOAMI + " .try-out__btn");
        page.click(WHOAMI + " .execute");
        String answer = WHOAMI + " .live-responses-table .response";
        page.awaitTrue("document.querySelector(\"" + answer + "\")");
        return page.text(answer);
    }

    /// No error, and no request to anybody else.
    private static void assertQuiet(BrowserPage page) {
        assertThat(page.problems()).isEmpty();
        assertThat(page.requested()).isNotEmpty().allSatisfy(address -> assertThat(
                        address.getScheme().equals("data") || sameServer(address))
                .as(address.toString())
                .isTrue());
    }

    private static boolean sameServer(URI address) {
        return varve.base().getAuthority().equals(address.getAuthority());
    }

    private static List<String> texts(BrowserPage page, String selector) {
        return strings(page.evaluate("[...document.querySelectorAll(\"" + selector
                + "\")].map(found => found.textContent.replace(/\\u200b/g, '').trim())"));
    }

    private static List<String> strings(JsonNode array) {
        List<String> strings = new ArrayList<>();
        array.forEach(element -> strings.add(element.asText()));
        return strings;
    }
}
