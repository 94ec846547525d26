package dev.varve.server.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.server.FrontDoorForTests;
import dev.varve.server.http.ErrorCode;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway.Init")
class DocsRoutesTest {
    /// Every code that clients of the API are told of.
    private static final List<String> PROMISED = List.of(
            "VALIDATION",
            "UNAUTHENTICATED",
            "FORBIDDEN_SCOPE",
            "AUTHORITY_DENIED",
            "NOT_FOUND",
            "METHOD_NOT_ALLOWED",
            "CONFLICT",
            "IDEMPOTENCY_CONFLICT",
            "IDEMPOTENCY_REQUIRED",
            "INSUFFICIENT_CREDITS",
            "APPROVAL_REQUIRED",
            "PAYLOAD_TOO_LARGE",
            "UNSUPPORTED_MEDIA_TYPE",
            "RATE_LIMITED",
            "PLATFORM_REJECTED",
            "PLATFORM_ERROR",
            "KILL_SWITCH",
            "SERVICE_UNAVAILABLE",
            "INTERNAL_ERROR",
            "CONSENT_DENIED");
    private static final List<String> NOT_SENT = List.of(
            "AUTHORITY_DENIED",
            "IDEMPOTENCY_REQUIRED",
            "INSUFFICIENT_CREDITS",
            "APPROVAL_REQUIRED",
            "PLATFORM_REJECTED");

    private static FrontDoorForTests door;

    @BeforeAll
    static void open() {
        door = FrontDoorForTests.open(rules -> new ObserveRoutes(
                        () -> new HealthReport(List.of(), true), new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))
                .register(rules));
    }

    @AfterAll
    static void close() {
        door.close();
    }

    @Test
    void everyErrorCodeHasASectionOfItsName() throws Exception {
        String page = get("/docs/errors").body();
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(page).contains("<section id=\"" + code + "\">");
        }
        for (String code : PROMISED) {
            assertThat(page).contains("<section id=\"" + code + "\">");
        }
    }

    @Test
    void aCodeThatNothingSendsSaysSo() throws Exception {
        String page = get("/docs/errors").body();
        for (String code : NOT_SENT) {
            int from = page.indexOf("<section id=\"" + code + "\">");
            assertThat(page.substring(from, page.indexOf("</section>", from)))
                    .containsAnyOf("sends it yet", "not sent");
        }
        assertThat(PROMISED).containsAll(NOT_SENT);
    }

    @Test
    void thePagesLoadOnlyWhatTheServerHasAndMayContactNobodyElse() throws Exception {
        for (String path : List.of("/docs", "/docs/errors")) {
            HttpResponse<String> page = get(path);
            assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .contains("default-src 'none'", "connect-src 'self'")
                    .doesNotContain("http", "*");
            Pattern.compile("(?:src|href)=\"([^\"#]*)\"")
                    .matcher(page.body())
                    .results()
                    .map(found -> found.group(1))
                    .filter(link -> !link.equals("/openapi.yaml"))
                    .forEach(link -> assertThat(status(link)).as(link).isEqualTo(200));
        }
        assertThat(get("/docs/swagger-ui-bundle.js").body()).hasSizeGreaterThan(1_000_000);
        assertThat(status("/docs/..%2fapplication.yaml")).isEqualTo(404);
    }

    @Test
    void aHeadIsAnsweredAsAGetWithoutTheBody() throws Exception {
        for (String path : List.of(
                "/health", "/l/health", "/metrics", "/openapi.yaml", "/", "/docs", "/docs/errors", "/docs/start.js")) {
            URI uri = URI.create("http://localhost:" + door.port() + path);
            HttpResponse<String> head = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(uri).HEAD().build(), HttpResponse.BodyHandlers.ofString());
            HttpResponse<String> get = get(path);
            assertThat(head.statusCode()).as(path).isEqualTo(200);
            for (String header : List.of("Content-Type", "Content-Length", "Cache-Control")) {
                assertThat(head.headers().firstValue(header))
                        .as(path + " " + header)
                        .isEqualTo(get.headers().firstValue(header));
            }
        }
    }

    private static int status(String path) {
        try {
            return get(path).statusCode();
        } catch (Exception e) {
            throw new AssertionError(path, e);
        }
    }

    private static HttpResponse<String> get(String path) throws Exception {
        URI uri = URI.create("http://localhost:" + door.port() + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
}
