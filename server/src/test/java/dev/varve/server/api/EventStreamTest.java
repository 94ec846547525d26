package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.delivery.ReceiptState;
import dev.varve.event.Consent;
import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.EventSource;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.event.RequestOrigin;
import dev.varve.event.SenderFacts;
import dev.varve.health.Receipt;
import dev.varve.health.Timeline.TimelineEntry;
import dev.varve.server.Eventually;
import dev.varve.server.FrontDoorForTests;
import dev.varve.server.api.StreamReader.Message;
import dev.varve.tenant.Mode;
import dev.varve.tenant.Organization;
import dev.varve.tenant.RateLimitTier;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The live tail over HTTP. The log is in memory and polled by hand, so nothing depends on the time a poll takes.
@Timeout(60)
class EventStreamTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private final List<StreamReader> opened = new ArrayList<>();
    private Organization organization;
    private String key;
    private UUID project;
    private String path;

    @BeforeEach
    void project() throws Exception {
        organization = api.organization(null);
        key = api.key(organization, Mode.LIVE, "*");
        String id = api.call("POST", "/projects", key, "{\"name\": \"P\", \"timezone\": \"UTC\"}")
                .body()
                .path("id")
                .asText();
        project = UUID.fromString(id.substring("prj_".length()));
        path = "/projects/" + id + "/events/stream";
    }

    @AfterEach
    void nobodyIsLeft() {
        opened.forEach(StreamReader::close);
        Eventually.holds("no subscriber is left", () -> api.tail.readers() == 0);
    }

    @Test
    void anEventIsShownAsTheListShowsItWithWhatTheKeyMaySee() throws Exception {
        StreamReader all = open(key, "");
        StreamReader redacted = open(api.key(organization, Mode.LIVE, "events:read"), "");
        TimelineEntry entry = stored("e1", "purchase", false);
        api.tail.poll();

        Message seen = message(all);
        Message hidden = message(redacted);

        assertThat(seen.event()).isEqualTo("event");
        assertThat(seen.id()).isNotEmpty();
        assertThat(seen.data()).isEqualTo(reread(new EventJson(Redaction.SHOWN).item(entry)));
        assertThat(hidden.data()).isEqualTo(reread(new EventJson(Redaction.HIDDEN).item(entry)));
        assertThat(seen.data().at("/properties/email").asText()).startsWith("sha256:");
        assertThat(hidden.data().at("/properties/email").asText()).isEqualTo("[redacted]");
    }

    @Test
    void theStreamBeginsWithACommentAndRepeatsItInSilence() throws Exception {
        StreamReader stream = open(key, "");

        assertThat(stream.response().headers().firstValue("Content-Type")).contains("text/event-stream");
        for (int i = 0; i < 3; i++) {
            assertThat(stream.line()).startsWith(":");
            assertThat(stream.line()).isEmpty();
        }
    }

    @Test
    void onlyWhatWasAskedForIsShown() throws Exception {
        StreamReader named = open(key, "?eventNames=purchase,refund");
        StreamReader app = open(key, "?appId=app_other");
        StreamReader synthetic = open(key, "?includeSynthetic=true");
        stored("e1", "screen_view", false);
        stored("e2", "purchase", true);
        put(entry(UUID.randomUUID(), "foreign", "purchase", false));
        TimelineEntry other = entry(project, "e3", "refund", false);
        put(new TimelineEntry(withApp(other.logged(), "app_other"), other.receipts()));
        api.tail.poll();

        assertThat(id(message(named))).isEqualTo("e3");
        assertThat(id(message(app))).isEqualTo("e3");
        assertThat(List.of(id(message(synthetic)), id(message(synthetic)), id(message(synthetic))))
                .containsExactly("e1", "e2", "e3");
    }

    @Test
    void aChangedReceiptIsTold() throws Exception {
        StreamReader stream = open(key, "");
        TimelineEntry pending = stored("e1", "purchase", false);
        api.tail.poll();
        assertThat(message(stream).data().at("/forwarding/0/state").asText()).isEqualTo("pending");

        put(new TimelineEntry(
                pending.logged(),
                List.of(
                        new Receipt(Platform.META, ReceiptState.FORWARDED, null, Instant.now(), "trace", List.of()),
                        pending.receipts().getLast())));
        api.tail.poll();
        Message changed = message(stream);

        assertThat(changed.event()).isEqualTo("forwarding");
        assertThat(changed.data().properties()).hasSize(3);
        assertThat(id(changed)).isEqualTo("e1");
        assertThat(changed.data().path("appId").asText()).isEqualTo("app_a");
        assertThat(changed.data().at("/forwarding/0/fbtrace_id").asText()).isEqualTo("trace");
        assertThat(changed.data().path("forwarding")).hasSize(2);
    }

    @Test
    void aReaderResumesAfterTheLastEventItSaw() throws Exception {
        StreamReader first = open(key, "");
        stored("e1", "purchase", false);
        api.tail.poll();
        String last = message(first).id();
        first.close();
        Eventually.holds("it is gone", () -> api.tail.readers() == 0);
        stored("e2", "purchase", false);

        StreamReader second = open(key, "", Map.of("Last-Event-ID", last));
        stored("e3", "purchase", false);
        api.tail.poll();

        assertThat(List.of(id(message(second)), id(message(second)))).containsExactly("e2", "e3");
    }

    @Test
    void aResumeFromLongAgoTellsOfTheGap() throws Exception {
        String old = Long.toString(Instant.now().minus(Duration.ofMinutes(6)).toEpochMilli(), 36) + ".1-0";

        StreamReader stream = open(key, "", Map.of("Last-Event-ID", old));
        Message gap = message(stream);

        assertThat(gap.event()).isEqualTo("gap");
        assertThat(gap.data().has("dropped")).isTrue();
    }

    /// An error would end a browser's stream for good: it repeats the same id.
    @Test
    void anIdThatIsNoneBeginsNowWithAGap() throws Exception {
        for (String garbage : List.of("42!", "0", "x".repeat(3_000))) {
            Message gap = message(open(key, "", Map.of("Last-Event-ID", garbage)));
            assertThat(gap.event()).isEqualTo("gap");
            assertThat(gap.data().path("dropped").isNull()).isTrue();
        }
    }

    @Test
    void whatIsWrongIsToldInTheEnvelopeBeforeTheFirstByte() throws Exception {
        for (String wrong : List.of("?includeSynthetic=maybe", "?eventNames=" + numbered())) {
            assertThat(api.call("GET", path + wrong, key, null).status()).isEqualTo(422);
        }
        assertThat(api.call("GET", "/projects/" + UUID.randomUUID() + "/events/stream", key, null)
                        .code())
                .isEqualTo("NOT_FOUND");
        assertThat(api.call("GET", path, api.key("events:read"), null).code()).isEqualTo("NOT_FOUND");
        assertThat(api.call("GET", path, api.key(organization, Mode.LIVE, "ads:read"), null)
                        .code())
                .isEqualTo("FORBIDDEN_SCOPE");
    }

    @Test
    void aKeyHasFiveStreamsAndOneThatEndsMakesRoom() throws Exception {
        for (int i = 0; i < 5; i++) {
            open(key, "");
        }

        ApiFixture.Reply sixth = api.call("GET", path, key, null);
        assertThat(sixth.status()).isEqualTo(429);
        assertThat(sixth.body().at("/error/details/reason").asText()).isEqualTo("concurrent_streams");
        assertThat(sixth.raw().headers().firstValue("Retry-After")).isPresent();
        open(api.key(organization, Mode.LIVE, "*"), "");

        opened.getFirst().close();
        Eventually.holds("the client's going is noticed", () -> api.tail.readers() == 5);
        open(key, "");
    }

    /// Each one costs memory, whosever it is.
    @Test
    void theServerHasSoManyStreamsAndOneThatEndsMakesRoom() throws Exception {
        for (int i = 0; i < ApiFixture.MOST_STREAMS; i++) {
            open(api.key(organization, Mode.LIVE, "*"), "");
        }

        ApiFixture.Reply further = api.call("GET", path, key, null);
        assertThat(further.status()).isEqualTo(503);
        assertThat(further.code()).isEqualTo("SERVICE_UNAVAILABLE");
        assertThat(further.raw().headers().firstValue("Retry-After")).isPresent();

        opened.getFirst().close();
        Eventually.holds("the client's going is noticed", () -> api.tail.readers() == ApiFixture.MOST_STREAMS - 1);
        open(key, "");
    }

    @Test
    void aStreamCountsOnceHoweverMuchItShows() throws Exception {
        String limited = api.key(organization, Mode.LIVE, RateLimitTier.STANDARD, "*");
        StreamReader stream = open(limited, "");
        stored("e1", "purchase", false);
        stored("e2", "purchase", false);
        api.tail.poll();
        message(stream);
        message(stream);

        assertThat(api.call("GET", "/whoami", limited, null).raw().headers().firstValue("X-RateLimit-Remaining"))
                .contains("118");
    }

    @Test
    void theStreamEndsWithItsKey() throws Exception {
        for (String death : List.of("revoked_at = now()", "killed_at = now()")) {
            StreamReader stream = open(api.key(organization, Mode.LIVE, "*"), "");
            sql("update api_key set " + death + " where organization_id = '" + organization.id() + "'");
            assertThat(stream.next()).as(death).isNull();
            sql("update api_key set revoked_at = null, killed_at = null");
        }
        StreamReader stream = open(api.key(organization, Mode.LIVE, "*"), "");
        sql("update organization set status = 'suspended' where id = '" + organization.id() + "'");
        assertThat(stream.next()).isNull();
    }

    /// Its writer hangs in a full socket and cannot see that it is to end.
    @Test
    void aClientThatTakesNothingLosesItsStreamWithItsKeyToo() throws Exception {
        String silentKey = api.key(organization, Mode.LIVE, "*");
        URI uri = api.at(path);
        try (Socket silent = new Socket(uri.getHost(), uri.getPort())) {
            silent.getOutputStream()
                    .write(("GET " + uri.getPath() + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + silentKey
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            Eventually.holds("it is connected", () -> api.tail.readers() == 1);
            for (int i = 0; i < 200; i++) {
                stored("e" + i, "x".repeat(100_000), false);
                api.tail.poll();
            }
            sql("update api_key set revoked_at = now() where organization_id = '" + organization.id() + "'");

            Eventually.holds("its stream is closed", () -> api.tail.readers() == 0);
        }
    }

    @Test
    void aStoppingServerEndsItsStreamsAtOnceAndTakesNoMore() throws Exception {
        ApiRoutes routes = new ApiRoutes(api.services(), api.conventions());
        try (FrontDoorForTests door = FrontDoorForTests.open(rules -> rules.register("/v1", routes))) {
            URI uri = URI.create("http://localhost:" + door.port() + "/v1" + path);
            try (StreamReader stream = new StreamReader(uri, key, Map.of());
                    StreamReader modern = new StreamReader(uri, key, Map.of(), HttpClient.Version.HTTP_2)) {
                assertThat(stream.line()).startsWith(":");
                assertThat(modern.line()).startsWith(":");
                routes.endStreams();

                assertThat(stream.next()).isNull();
                assertThat(modern.next()).isNull();
                try (StreamReader late = new StreamReader(uri, key, Map.of())) {
                    assertThat(late.status()).isEqualTo(503);
                }
            }
        }
    }

    private static String numbered() {
        StringBuilder names = new StringBuilder("n");
        for (int i = 0; i < 50; i++) {
            names.append(",n").append(i);
        }
        return names.toString();
    }

    private StreamReader open(String with, String query) throws Exception {
        return open(with, query, Map.of());
    }

    private StreamReader open(String with, String query, Map<String, String> headers) throws Exception {
        StreamReader reader = new StreamReader(api.at(path + query), with, headers);
        assertThat(reader.status()).isEqualTo(200);
        opened.add(reader);
        return reader;
    }

    private static Message message(StreamReader stream) throws Exception {
        return Objects.requireNonNull(stream.next(), "the stream ended");
    }

    private static String id(Message message) {
        return message.data().path("eventId").asText();
    }

    private static JsonNode reread(JsonNode node) throws Exception {
        return ApiFixture.JSON.readTree(node.toString());
    }

    private TimelineEntry stored(String eventId, String name, boolean synthetic) {
        TimelineEntry entry = entry(project, eventId, name, synthetic);
        put(entry);
        return entry;
    }

    private static void put(TimelineEntry entry) {
        api.events.put(entry);
    }

    private static TimelineEntry entry(UUID project, String eventId, String name, boolean synthetic) {
        Event event = new Event(
                new EventIdentity(project, "app_a", eventId, name),
                Instant.parse("2026-11-04T16:02:48.900Z"),
                EventSource.SDK,
                synthetic,
                SenderFacts.NONE,
                Consent.UNSTATED,
                ("{\"properties\": {\"revenue\": 7.5, \"email\": \"sha256:" + "a".repeat(64) + "\"}, \"context\": {}}")
                        .getBytes(StandardCharsets.UTF_8),
                RequestOrigin.UNKNOWN);
        return new TimelineEntry(
                new LoggedEvent(api.events.nextOffset(), Instant.now(), event),
                List.of(pending(Platform.META), pending(Platform.TIKTOK)));
    }

    private static LoggedEvent withApp(LoggedEvent logged, String app) {
        Event event = logged.event();
        return new LoggedEvent(
                logged.offset(),
                logged.receivedAt(),
                new Event(
                        new EventIdentity(
                                event.identity().projectId(),
                                app,
                                event.identity().eventId(),
                                event.name()),
                        event.occurredAt(),
                        event.source(),
                        event.synthetic(),
                        event.sender(),
                        event.consent(),
                        event.document(),
                        event.origin()));
    }

    private static Receipt pending(Platform platform) {
        return new Receipt(platform, ReceiptState.PENDING, null, null, null, List.of());
    }

    private static void sql(String statement) {
        api.database.jdbi().useHandle(handle -> handle.execute(statement));
    }
}
