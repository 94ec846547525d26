package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.server.FrontDoorForTests;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A segment of a path is decoded once: whatever an id contains, encoded it is found again.
@SuppressWarnings("NullAway.Init")
class PathSegmentsTest {
    private static final RouteTable TABLE = new RouteTable(List.of(
            Route.open("GET", "/events/{eventId}", _ -> ApiAnswer.ok(Json.object())),
            Route.open("GET", "/events/stream", _ -> ApiAnswer.ok(Json.object()))));
    private static FrontDoorForTests server;

    @BeforeAll
    static void open() {
        server = FrontDoorForTests.open(rules -> rules.register("/v1", new Echo()));
    }

    @AfterAll
    static void close() {
        server.close();
    }

    /// Answers which event is meant.
    private static final class Echo implements HttpService {
        @Override
        public void routing(HttpRules rules) {
            rules.any(this::echo);
        }

        private void echo(ServerRequest request, ServerResponse response) {
            RouteTable.Lookup found = TABLE.find(request);
            String id = found.matches().isEmpty()
                    ? "no route"
                    : found.require(response).parameters().getOrDefault("eventId", "no parameter");
            response.send(id.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void everyIdIsFoundAgainInBothProtocols() throws Exception {
        Stream<String> odd = Stream.of(
                "100%",
                "a/b",
                "a%2Fb",
                "a%252Fb",
                "%",
                "%25",
                "a+b",
                "a b",
                "+351912345678",
                "a;b=c",
                "a?b#c",
                "ü",
                "😀",
                "a\\b",
                "order:7,8",
                "..%2F..",
                "/",
                "//",
                "a//b",
                "%zz",
                "stream/",
                "a..b");
        Stream<String> each = IntStream.range(0x20, 0x7f).mapToObj(c -> "a" + (char) c + "b");
        for (String id : Stream.concat(odd, each).toList()) {
            String encoded = URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
            for (Version version : List.of(Version.HTTP_1_1, Version.HTTP_2)) {
                assertThat(get(version, "/v1/events/" + encoded))
                        .as("%s by %s", id, version)
                        .isEqualTo(id);
            }
        }
    }

    /// Characters that a path may hold as they are mean themselves.
    @Test
    void whatNeedsNoEscapeMayGoWithout() throws Exception {
        for (Version version : List.of(Version.HTTP_1_1, Version.HTTP_2)) {
            for (String id : List.of("a+b", "a;b=c", "a:b@c", "a,b&c=d", "!$'()*~._-")) {
                assertThat(get(version, "/v1/events/" + id)).isEqualTo(id);
            }
            assertThat(get(version, "/v1//events/a/")).isEqualTo("a");
            assertThat(get(version, "/v1/events/stream")).isEqualTo("no parameter");
            assertThat(get(version, "/v1/events/a/b")).isEqualTo("no route");
        }
    }

    private static String get(Version version, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .build();
        HttpResponse<String> response =
                CLIENTS.get(version.ordinal()).send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.version()).isEqualTo(version);
        return response.body();
    }

    private static final List<HttpClient> CLIENTS = Stream.of(Version.HTTP_1_1, Version.HTTP_2)
            .map(version -> HttpClient.newBuilder().version(version).build())
            .toList();
}
