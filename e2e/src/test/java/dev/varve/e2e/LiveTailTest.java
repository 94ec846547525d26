package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.EventStream;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.OpenApi;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.SharedDatabase;
import dev.varve.e2e.fixture.Shop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The live tail shows what any process accepted, within 2 s, each event once, also across a reconnect to another
/// process; and it does not keep a server from stopping.
class LiveTailTest {
    private static final Path DIRECTORY = Directories.fresh(LiveTailTest.class, "all");
    private static final Duration PROMISED = Duration.ofSeconds(2);

    @Test
    void eventsOfBothProcessesShowOnceAndInTime() {
        try (SandboxProcess sandbox = SandboxProcess.start(DIRECTORY);
                SharedDatabase database = SharedDatabase.start(DIRECTORY);
                RunningVarve first = database.server("first", sandbox);
                RunningVarve second = database.server("second", sandbox)) {
            first.start();
            second.start();
            String apiKey = database.apiKey();
            Shop shop = Shop.open(first.http().withKey(apiKey), first.http(), "Watched");
            Shop throughSecond = shop.through(second, apiKey);
            Eventually.holds(
                    "the other server knows the app",
                    Duration.ofSeconds(5),
                    () -> throughSecond.send(SdkEvents.ids("known", 1)).status() == 202);

            List<String> sent = new ArrayList<>();
            String last;
            try (EventStream tail = shop.api().stream(shop.path("/events/stream"), Map.of())) {
                for (Shop door : List.of(shop, throughSecond, shop)) {
                    String id = SdkEvents.ids("seen", 1).getFirst();
                    door.send(List.of(id)).expect(202);
                    sent.add(id);
                    Eventually.holds("it shows", PROMISED, tail::messages, () -> shown(tail)
                            .contains(id));
                }
                awaitReceipts(tail, sent.getFirst());
                keepsItsPromise(first, shop, tail, sent.getFirst());
                last = tail.of("event").getLast().id();
            }

            String missed = SdkEvents.ids("missed", 1).getFirst();
            shop.send(List.of(missed)).expect(202);
            EventStream resumed =
                    throughSecond.api().stream(throughSecond.path("/events/stream"), Map.of("Last-Event-ID", last));
            try (resumed) {
                Eventually.holds("what was missed shows", PROMISED, resumed::messages, () -> shown(resumed)
                        .equals(List.of(missed)));
                assertThat(second.stop()).isZero();
                Eventually.holds("the stream is over", Duration.ofSeconds(1), resumed::isOver);
            }
        }
    }

    private static void awaitReceipts(EventStream tail, String eventId) {
        Eventually.holds("its receipts follow", Duration.ofSeconds(10), tail::messages, () -> tail.messages().stream()
                .filter(message -> message.concerns(eventId))
                .anyMatch(message -> states(message.data()).equals(List.of("forwarded", "forwarded"))));
    }

    private static List<String> states(JsonNode message) {
        List<String> states = new ArrayList<>();
        message.path("forwarding")
                .forEach(receipt -> states.add(receipt.path("state").asText()));
        return states;
    }

    private static void keepsItsPromise(RunningVarve varve, Shop shop, EventStream tail, String eventId) {
        OpenApi described =
                OpenApi.parse(varve.http().get("/openapi.yaml").expect(200).text());
        for (EventStream.Message message : tail.messages()) {
            String schema = message.event().equals("event") ? "Event" : "StreamForwarding";
            assertThat(described.problems(schema, message.data())).isEmpty();
        }
        JsonNode streamed = tail.of("event").stream()
                .filter(message -> message.concerns(eventId))
                .findFirst()
                .orElseThrow()
                .data();
        for (String field : List.of("properties", "context", "consent", "occurredAt", "receivedAt", "userId")) {
            assertThat(streamed.path(field))
                    .as(field)
                    .isEqualTo(shop.event(eventId).json().path(field));
        }
    }

    /// Without what was sent while waiting for the app to be known.
    private static List<String> shown(EventStream tail) {
        return tail.of("event").stream()
                .map(message -> message.data().path("eventId").asText())
                .filter(id -> !id.startsWith("known"))
                .toList();
    }
}
