package dev.varve.connectors.tiktok;

import static dev.varve.connectors.Samples.mapping;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.varve.connectors.AppCredentials;
import dev.varve.connectors.PlatformHttp;
import dev.varve.connectors.Samples;
import dev.varve.destination.Destination;
import dev.varve.destination.Destination.Mapping;
import dev.varve.destination.PlatformCounts;
import dev.varve.destination.PlatformCounts.Counted;
import dev.varve.destination.PlatformCounts.Period;
import dev.varve.destination.PlatformCounts.Unknown;
import dev.varve.destination.PlatformCounts.Unreadable;
import dev.varve.event.Platform;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TikTokStatisticsTest {
    private static final Instant NOW = Instant.parse("2026-11-18T02:00:00Z");
    private static final Instant FROM = Instant.parse("2026-11-16T10:00:00Z");
    private static final String ADVERTISERS = "/open_api/v1.3/oauth2/advertiser/get/";
    private static final String PIXELS = "/open_api/v1.3/pixel/list/";
    private static final String STATS = "/open_api/v1.3/pixel/event/stats/";
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client = PlatformHttp.newClient(executor);
    private final List<String> queries = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, String> answers = new ConcurrentHashMap<>(Map.of(
            ADVERTISERS,
            "{'code':0,'data':{'list':[{'advertiser_id':'701'},{'advertiser_id':'702'}]}}",
            PIXELS + "701",
            "{'code':0,'data':{'pixels':[{'pixel_id':'9','pixel_code':'COTHER'}]}}",
            PIXELS + "702",
            "{'code':0,'data':{'pixels':[{'pixel_id':'7300000000000000777','pixel_code':'C1'}]}}",
            STATS + "2026-11-16",
            stats(54, 8),
            STATS + "2026-11-17",
            stats(1, 0),
            STATS + "2026-11-18",
            stats(0, 0)));
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        client.shutdownNow();
        executor.shutdownNow();
    }

    @Test
    void eventsFromServersAreSummedPerDayOverAllTypes() {
        PlatformCounts counts = connector().counts(destination("C1"), FROM, NOW);

        assertThat(counts)
                .isEqualTo(new Counted(
                        List.of(day("2026-11-16T00:00:00Z", 62), day("2026-11-17T00:00:00Z", 1)),
                        Instant.parse("2026-11-17T00:00:00Z")));
        assertThat(queries.getFirst()).startsWith(ADVERTISERS).contains("app_id=7", "secret=s%26cret");
        assertThat(queries.getLast())
                .startsWith(STATS)
                .contains("advertiser_id=702", "pixel_ids=%5B%227300000000000000777%22%5D");
    }

    @Test
    void theFoundPixelIsRemembered() {
        TikTokConnector connector = connector();
        connector.counts(destination("C1"), FROM, NOW);
        queries.clear();
        connector.counts(destination("C1"), FROM, NOW);

        assertThat(queries).hasSize(3).allMatch(query -> query.startsWith(STATS));
    }

    @Test
    void aPixelThatMayNoLongerBeReadIsSearchedAnew() {
        TikTokConnector connector = connector();
        connector.counts(destination("C1"), FROM, NOW);
        answers.put(STATS + "2026-11-16", "{'code':40001,'message':'no permission'}");
        assertThat(connector.counts(destination("C1"), FROM, NOW)).isInstanceOf(Unreadable.class);
        queries.clear();
        connector.counts(destination("C1"), FROM, NOW);

        assertThat(queries.getFirst()).startsWith(ADVERTISERS);
    }

    @Test
    void atMostTwentyEightDaysAreAskedFor() {
        connector().counts(destination("C1"), NOW.minus(Duration.ofDays(90)), NOW);

        assertThat(queries).filteredOn(query -> query.startsWith(STATS)).hasSize(28);
    }

    @ParameterizedTest
    @ValueSource(ints = {40001, 40105, 40102, 40118, 40300, 40002})
    void whatTheTokenMayNotReadIsUnreadableForAReason(int code) {
        answers.put(ADVERTISERS, "{'code':" + code + ",'message':'no'}");

        assertThat(connector().counts(destination("C1"), FROM, NOW))
                .isInstanceOfSatisfying(Unreadable.class, unreadable -> assertThat(unreadable.reason())
                        .contains("code " + code)
                        .doesNotContain("cret"));
    }

    @ParameterizedTest
    @ValueSource(ints = {40100, 50000, 51010})
    void aPassingTroubleIsNoVerdict(int code) {
        answers.put(PIXELS + "701", "{'code':" + code + ",'message':'later'}");

        assertThat(connector().counts(destination("C1"), FROM, NOW)).isInstanceOf(Unknown.class);
    }

    @Test
    void anAccountThatMayNotBeListedIsPassedOver() {
        answers.put(PIXELS + "701", "{'code':40001,'message':'no'}");

        assertThat(connector().counts(destination("C1"), FROM, NOW)).isInstanceOf(Counted.class);
    }

    @Test
    void aPixelNobodyOwnsIsUnreadable() {
        answers.put(PIXELS + "702", "{'code':0,'data':{'pixels':[]}}");

        assertThat(connector().counts(destination("C1"), FROM, NOW))
                .isEqualTo(new Unreadable("none of the ad accounts that the token may read has this pixel"));
    }

    @Test
    void withoutAnAppOfTheOperatorNothingIsAsked() {
        TikTokConnector without = new TikTokConnector(client, InstantSource.fixed(NOW), TikTokSettings.DEFAULT);

        assertThat(without.counts(destination("C1"), FROM, NOW)).isInstanceOf(Unreadable.class);
        assertThat(queries).isEmpty();
    }

    @Test
    void onlyPixelsHaveStatistics() {
        assertThat(connector().counts(destination("7300"), FROM, NOW))
                .isEqualTo(new Unreadable("TikTok has no statistics of app events"));
        Destination crm = Samples.destination(Platform.TIKTOK, "7300", mapping("crm"), endpoint(), true);
        assertThat(connector().counts(crm, FROM, NOW))
                .isEqualTo(new Unreadable("TikTok has no statistics of crm events"));
    }

    @Test
    void anUnreachablePlatformIsNoVerdict() {
        Destination nowhere =
                Samples.destination(Platform.TIKTOK, "C1", Mapping.DEFAULT, "http://platform.invalid", true);

        assertThat(connector().counts(nowhere, FROM, NOW))
                .isInstanceOfSatisfying(
                        Unknown.class, unknown -> assertThat(unknown.toString()).doesNotContain("cret"));
    }

    @Test
    void theSecretPrintsNowhere() {
        assertThat(settings().toString()).doesNotContain("cret");
    }

    private void answer(HttpExchange exchange) throws IOException {
        String address = exchange.getRequestURI().toString();
        String path = exchange.getRequestURI().getPath();
        String query = exchange.getRequestURI().getQuery();
        queries.add(address);
        String key = path.equals(STATS)
                ? path + query.replaceAll(".*start_date\":\"([0-9-]+).*", "$1")
                : path.equals(PIXELS) ? path + query.replaceAll(".*advertiser_id=(\\d+).*", "$1") : path;
        byte[] body = answers.getOrDefault(key, stats(0, 0)).replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private TikTokConnector connector() {
        return new TikTokConnector(client, InstantSource.fixed(NOW), settings());
    }

    private static TikTokSettings settings() {
        return new TikTokSettings(
                Duration.ofSeconds(15), Optional.of(new AppCredentials("7", "s&cret")), Duration.ofDays(28));
    }

    private Destination destination(String pixelId) {
        return Samples.destination(Platform.TIKTOK, pixelId, Mapping.DEFAULT, endpoint(), true);
    }

    private String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private static Period day(String start, long events) {
        return new Period(Instant.parse(start), Instant.parse(start).plus(Duration.ofDays(1)), events);
    }

    private static String stats(int purchases, int custom) {
        return "{'code':0,'data':{'list':[{'pixel_id':'7300000000000000777','statistics':["
                + "{'pixel_event_type':'SHOPPING','total_count':0,'browser_event_total_count':41,"
                + "'server_event_total_count':" + purchases + "},"
                + "{'custom_event_type':'x','total_count':99,'server_event_total_count':'" + custom + "'}]},"
                + "{'pixel_id':'1','statistics':[{'server_event_total_count':1000}]}]}}";
    }
}
