package dev.varve.e2e.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BrowserTest {
    @Test
    void itEndsWhenClosedAndNoticesWhatGoesWrongOnAPage() {
        Browser browser = Browser.start(BrowserTest.class);
        long pid = browser.pid();
        try (browser) {
            BrowserPage page = browser.newPage();
            page.evaluate("console.error('printed'); setTimeout(() => { throw new Error('thrown'); }); 1");
            page.awaitTrue("document.body");
            page.evaluate("new Promise(done => setTimeout(done))");
            assertThat(String.join(" ", page.problems())).contains("printed", "thrown");
            assertThatThrownBy(() -> page.evaluate("nothing.here")).hasMessageContaining("ReferenceError");
        }
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void withoutChromiumTheTestSaysSoInOneSentence() {
        assertThatThrownBy(() -> Browser.start(BrowserTest.class, "/nowhere"))
                .isInstanceOf(AssertionError.class)
                .hasMessage("Chromium is needed for this test and was not found; install the package \"chromium\".");
    }
}
