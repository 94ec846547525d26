package dev.varve.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.varve.collect.CollectOutcome.Issue;
import dev.varve.collect.DescribeOutcome;
import dev.varve.collect.SdkRequest;
import dev.varve.server.FrontDoorForTests;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Users' properties over real HTTP, with a collector that remembers what it was given.
class PersonRouteTest {
    private final List<SdkRequest> described = Collections.synchronizedList(new ArrayList<>());
    private volatile Function<SdkRequest, DescribeOutcome> behaviour = _ -> new DescribeOutcome.Described();
    private final HttpClient http = HttpClient.newHttpClient();
    private FrontDoorForTests door;

    @BeforeEach
    void open() {
        PersonRoute route = PersonRoute.properties(
                request -> {
                    described.add(request);
                    return behaviour.apply(request);
                },
                new BodyReader(new BodyBudget(0, Duration.ofSeconds(1))));
        door = FrontDoorForTests.open(route::register);
    }

    @AfterEach
    void close() {
        door.close();
        http.shutdownNow();
    }

    @Test
    void bothPathsHandOverBodyAppAndKey() throws Exception {
        for (String path : List.of("/users/properties", "/l/users/properties")) {
            HttpResponse<String> answer = post(path, "{\"x\":1}");
            assertThat(answer.statusCode()).isEqualTo(202);
            assertThat(answer.body()).isEqualTo("{\"accepted\":true}");
            assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
                    .hasValue("https://shop.example.com");
        }
        assertThat(described).hasSize(2);
        assertThat(described.getFirst().appId()).isEqualTo("app_1");
        assertThat(described.getFirst().appKey()).isEqualTo("ak_1");
        assertThat(new String(described.getFirst().body(), StandardCharsets.UTF_8))
                .isEqualTo("{\"x\":1}");
    }

    @Test
    void everyOutcomeHasItsAnswer() throws Exception {
        assertThat(answer(new DescribeOutcome.Nobody()).body()).isEqualTo("{\"accepted\":false}");
        HttpResponse<String> invalid = answer(
                new DescribeOutcome.Invalid(List.of(new Issue("set_once", "expected true or false, got a number"))));
        assertThat(invalid.statusCode()).isEqualTo(400);
        assertThat(error(invalid).at("/details/issues/0/path").asText()).isEqualTo("set_once");
        assertThat(answer(new DescribeOutcome.Unauthenticated()).statusCode()).isEqualTo(401);
        HttpResponse<String> large = answer(new DescribeOutcome.TooLarge(65_536));
        assertThat(large.statusCode()).isEqualTo(413);
        assertThat(error(large).at("/details/limitBytes").asInt()).isEqualTo(65_536);
        HttpResponse<String> limited = answer(new DescribeOutcome.RateLimited(Duration.ofSeconds(3)));
        assertThat(limited.statusCode()).isEqualTo(429);
        assertThat(limited.headers().firstValue("Retry-After")).hasValue("3");
    }

    @Test
    void aStoreThatIsAwayIs503AndADefectIs500() throws Exception {
        behaviour = _ -> {
            throw new IllegalStateException(new SQLException("gone", "57P01"));
        };
        HttpResponse<String> away = post("/users/properties", "{}");
        assertThat(away.statusCode()).isEqualTo(503);
        assertThat(away.headers().firstValue("Retry-After")).isPresent();
        behaviour = _ -> {
            throw new IllegalStateException("a defect");
        };
        assertThat(post("/users/properties", "{}").statusCode()).isEqualTo(500);
    }

    @Test
    void otherMethodsAreRefusedAndPreflightsAnswered() throws Exception {
        HttpRequest get = HttpRequest.newBuilder(uri("/users/properties")).build();
        assertThat(http.send(get, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(405);
        HttpRequest preflight = HttpRequest.newBuilder(uri("/l/users/properties"))
                .header("Origin", "https://shop.example.com")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(http.send(preflight, HttpResponse.BodyHandlers.ofString())
                        .headers()
                        .firstValue("Access-Control-Allow-Origin"))
                .isPresent();
    }

    private HttpResponse<String> answer(DescribeOutcome outcome) throws Exception {
        behaviour = _ -> outcome;
        return post("/users/properties", "{}");
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/json")
                .header("Origin", "https://shop.example.com")
                .header("X-App-Id", "app_1")
                .header("X-Api-Key", "ak_1")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + door.port() + path);
    }

    private static JsonNode error(HttpResponse<String> answer) throws Exception {
        return new JsonMapper().readTree(answer.body()).path("error");
    }
}
