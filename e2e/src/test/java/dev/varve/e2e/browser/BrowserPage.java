package dev.varve.e2e.browser;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.e2e.fixture.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// One page: what a person does with it, and what it did behind their back. Selectors are CSS; every action waits until
/// it is possible.
public final class BrowserPage {
    private static final Duration SOON = Duration.ofSeconds(120);

    /// The centre of the first match, once it is in view, rests there and is what a click there would meet.
    private static final String REACHABLE = """
            (async () => {
              const found = document.querySelector(%s);
              if (!found) return null;
              found.scrollIntoView({block: 'center', behavior: 'instant'});
              const before = found.getBoundingClientRect();
              await new Promise(requestAnimationFrame);
              const box = found.getBoundingClientRect();
              const x = box.x + box.width / 2, y = box.y + box.height / 2;
              const met = document.elementFromPoint(x, y);
              return before.y === box.y && found.contains(met) ? {x, y} : null;
            })()""";

    private final DevTools tools;
    private final String session;
    private final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private final Queue<URI> requested = new ConcurrentLinkedQueue<>();

    private BrowserPage(DevTools tools, String session) {
        this.tools = tools;
        this.session = session;
    }

    static BrowserPage of(DevTools tools, String session) {
        BrowserPage page = new BrowserPage(tools, session);
        tools.listen(session, page::hear);
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            page.call(domain + ".enable", Map.of());
        }
        return page;
    }

    /// Opens an address and waits until the document and what it names are loaded; its scripts may go on.
    public BrowserPage open(URI address) {
        String error = call("Page.navigate", Map.of("url", address.toString()))
                .path("errorText")
                .asText();
        if (!error.isEmpty()) {
            throw new AssertionError(address + ": " + error);
        }
        awaitTrue("document.readyState === 'complete'");
        return this;
    }

    /// The value of a JavaScript expression, or what its promise comes to.
    ///
    /// @throws AssertionError when it throws
    public JsonNode evaluate(String expression) {
        JsonNode result =
                call("Runtime.evaluate", Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
        if (result.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + said(result.path("exceptionDetails")));
        }
        return result.path("result").path("value");
    }

    /// Waits until the expression is truthy.
    public void awaitTrue(String expression) {
        Eventually.holds(expression, SOON, this::state, () -> evaluate("!!(" + expression + ")")
                .asBoolean());
    }

    /// The text that a person sees of the first match.
    public String text(String selector) {
        return evaluate("document.querySelector(" + quoted(selector) + ")?.innerText ?? ''")
                .asText();
    }

    public int count(String selector) {
        return evaluate("document.querySelectorAll(" + quoted(selector) + ").length")
                .asInt();
    }

    /// Clicks the middle of the first match with the mouse.
    public void click(String selector) {
        Queue<JsonNode> reached = new ConcurrentLinkedQueue<>();
        Eventually.holds("a click meets " + selector, SOON, this::state, () -> {
            JsonNode centre = evaluate(REACHABLE.formatted(quoted(selector)));
            return centre.isObject() && reached.add(centre);
        });
        JsonNode at = reached.remove();
        for (String type : List.of("mousePressed", "mouseReleased")) {
            call(
                    "Input.dispatchMouseEvent",
                    Map.of("type", type, "x", at.path("x"), "y", at.path("y"), "button", "left", "clickCount", 1));
        }
    }

    /// Clicks into the first match and enters a text.
    public void type(String selector, String text) {
        click(selector);
        call("Input.insertText", Map.of("text", text));
    }

    /// The size of the window's inside, in CSS pixels.
    public void resize(int width, int height) {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /// As on a device whose owner prefers dark pages.
    public void preferDark() {
        call(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", "dark"))));
    }

    /// What a person would see now, as PNG.
    public void screenshot(Path file) {
        try {
            Files.write(
                    file,
                    Base64.getDecoder()
                            .decode(call("Page.captureScreenshot", Map.of())
                                    .path("data")
                                    .asText()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Errors of the console so far, in order: those the page printed, exceptions nobody caught, requests that failed,
    /// and what the Content-Security-Policy forbade.
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /// Every address that was asked for so far, in order, also those in `data:` and those that failed.
    public List<URI> requested() {
        return List.copyOf(requested);
    }

    private void hear(String method, JsonNode event) {
        switch (method) {
            case "Network.requestWillBeSent" ->
                requested.add(URI.create(event.at("/request/url").asText().replaceFirst("(?s)^(data:[^,]*,).*", "$1")));
            case "Runtime.exceptionThrown" -> problems.add(said(event.path("exceptionDetails")));
            case "Runtime.consoleAPICalled" -> {
                if (List.of("error", "assert").contains(event.path("type").asText())) {
                    problems.add(event.path("args").toString());
                }
            }
            case "Log.entryAdded" -> {
                if (event.at("/entry/level").asText().equals("error")) {
                    problems.add(event.at("/entry/text").asText() + " "
                            + event.at("/entry/url").asText());
                }
            }
            default -> {}
        }
    }

    /// For the message of a failure.
    private String state() {
        return evaluate("document.body.innerText") + " with the problems " + problems;
    }

    private JsonNode call(String method, Map<String, ?> parameters) {
        return tools.call(session, method, parameters);
    }

    private static String said(JsonNode exception) {
        return exception
                .at("/exception/description")
                .asText(exception.path("text").asText());
    }

    /// As a JavaScript literal.
    static String quoted(String text) {
        return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
    }
}
