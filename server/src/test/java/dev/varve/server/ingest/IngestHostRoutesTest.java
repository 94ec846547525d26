package dev.varve.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.eventlog.EventLogUnavailableException;
import dev.varve.identity.Sha256;
import dev.varve.postback.PostbackOutcome;
import dev.varve.postback.PostbackRequest;
import dev.varve.server.FrontDoorForTests;
import dev.varve.tenant.IngestApp;
import dev.varve.tenant.RemoteConfig;
import dev.varve.tenant.SdkPlatform;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Configuration and postbacks over real HTTP.
class IngestHostRoutesTest {
    private final List<PostbackRequest> postbacks = Collections.synchronizedList(new ArrayList<>());
    private volatile Supplier<PostbackOutcome> outcome = PostbackOutcome.Taken::new;
    private volatile boolean isKeyRequired;
    private final HttpClient http = HttpClient.newHttpClient();
    private FrontDoorForTests door;

    @BeforeEach
    void open() {
        BodyReader bodies = new BodyReader(new BodyBudget(0, Duration.ofSeconds(1)));
        ConfigRoute config = new ConfigRoute(id -> id.equals("app_1") ? Optional.of(app()) : Optional.empty());
        PostbackRoute postback = new PostbackRoute(
                request -> {
                    postbacks.add(request);
                    return outcome.get();
                },
                bodies);
        door = FrontDoorForTests.open(rules -> {
            config.register(rules);
            postback.register(rules);
        });
    }

    @AfterEach
    void close() {
        door.close();
        http.shutdownNow();
    }

    private IngestApp app() {
        return new IngestApp(
                "app_1",
                new UUID(1, 1),
                SdkPlatform.IOS,
                new IngestApp.AppKeyPolicy(new Sha256().bytes("ak_right"), isKeyRequired),
                new IngestApp.AppStoreIdentity("Acme", null, null, null, null),
                Map.of(),
                Map.of());
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private int post(String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    @Test
    void theConfigurationHasAStrongTagThatAnswersWithoutABody() throws Exception {
        HttpResponse<String> first = get("/config?app_id=app_1");
        String tag = first.headers().firstValue("ETag").orElseThrow();
        assertThat(tag).isEqualTo("\"" + RemoteConfig.DEFAULT.version() + "\"");
        assertThat(first.body()).contains("\"cache_ttl\":300");
        for (String known : List.of(tag, "\"x\", " + tag, "W/" + tag, "*")) {
            HttpResponse<String> again = get("/l/config", "X-App-Id", "app_1", "If-None-Match", known);
            assertThat(again.statusCode()).as(known).isEqualTo(304);
            assertThat(again.body()).isEmpty();
            assertThat(again.headers().firstValue("ETag")).hasValue(tag);
        }
        assertThat(get("/config", "X-App-Id", "app_1", "If-None-Match", "\"other\"")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void appAndKeyAreTheCredentialOfTheConfiguration() throws Exception {
        assertThat(get("/config").statusCode()).isEqualTo(401);
        assertThat(get("/config?app_id=app_2").statusCode()).isEqualTo(401);
        assertThat(get("/config?app_id=app_1", "X-Api-Key", "ak_old").statusCode())
                .isEqualTo(401);
        isKeyRequired = true;
        assertThat(get("/config?app_id=app_1").statusCode()).isEqualTo(401);
        assertThat(get("/config?app_id=app_1", "Authorization", "Bearer ak_right")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void otherMethodsAreNamedAsNotAllowed() throws Exception {
        assertThat(post("/config", "{}")).isEqualTo(405);
        HttpResponse<String> wrong = get("/skan/postbacks");
        assertThat(wrong.statusCode()).isEqualTo(405);
        assertThat(wrong.headers().firstValue("Allow")).hasValue("POST, OPTIONS");
    }

    @Test
    void devicesPathsNameNoAppAndAskForNoKey() throws Exception {
        for (String path : List.of(
                "/.well-known/skadnetwork/report-attribution/",
                "/.well-known/skadnetwork/report-attribution",
                "/.well-known/appattribution/report-attribution/",
                "/.well-known/appattribution/report-attribution")) {
            assertThat(post(path + "?app_id=app_1", "{}")).isEqualTo(200);
        }
        assertThat(postbacks).hasSize(4).allSatisfy(request -> {
            assertThat(request.door()).isEqualTo(PostbackRequest.Door.WELL_KNOWN);
            assertThat(request.sdk().appId()).isNull();
            assertThat(request.host()).isIn("localhost", "127.0.0.1");
        });
        assertThat(post("/l/.well-known/skadnetwork/report-attribution", "{}")).isEqualTo(404);
    }

    @Test
    void everyOutcomeOfAPostbackHasItsAnswer() throws Exception {
        assertThat(post("/l/skan/postbacks?app_id=app_1", "{}")).isEqualTo(200);
        assertThat(postbacks.getFirst().sdk().appId()).isEqualTo("app_1");
        assertThat(post("/skan/postbacks", "x".repeat(16 * 1024 + 1))).isEqualTo(400);
        assertThat(post("/skan/postbacks", "x".repeat(11 << 20))).isEqualTo(400);
        outcome = PostbackOutcome.NotJson::new;
        assertThat(post("/skan/postbacks", "x")).isEqualTo(400);
        outcome = PostbackOutcome.Unauthenticated::new;
        assertThat(post("/skan/postbacks", "{}")).isEqualTo(401);
        outcome = () -> new PostbackOutcome.RateLimited(Duration.ofSeconds(1));
        assertThat(post("/skan/postbacks", "{}")).isEqualTo(429);
        outcome = () -> {
            throw new EventLogUnavailableException("away");
        };
        assertThat(post("/skan/postbacks", "{}")).isEqualTo(503);
    }
}
