package dev.varve.server.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.delivery.ForwardRequest;
import dev.varve.delivery.InMemoryDeliveryLedger;
import dev.varve.delivery.LedgerWrite;
import dev.varve.delivery.Receipt;
import dev.varve.delivery.ReceiptState;
import dev.varve.destination.Answer;
import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventRef;
import io.micrometer.core.instrument.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What the relay recorded is what the metrics say.
class MeteredLedgerTest {
    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    private final io.micrometer.prometheusmetrics.PrometheusMeterRegistry registry = Metrics.create();
    private final MeteredLedger ledger = new MeteredLedger(new InMemoryDeliveryLedger(), registry);

    private static Destination.Key anyProjects(Platform platform) {
        return new Destination.Key(UUID.randomUUID(), platform);
    }

    private static Receipt receipt(long offset, Platform platform, ReceiptState state, @Nullable String reason) {
        return new Receipt(
                new EventRef(offset, NOW),
                anyProjects(platform),
                state,
                reason,
                null,
                new Receipt.Settlement(NOW, 1, null, List.of()));
    }

    private static ForwardRequest request(Platform platform, String outcome) {
        return new ForwardRequest(
                UUID.randomUUID(),
                anyProjects(platform),
                "1",
                new ForwardRequest.Carried(1, List.of("e-1")),
                outcome,
                new Answer(NOW, Duration.ofMillis(120), 200, null, null, null));
    }

    private static LedgerWrite someOfEach() {
        LedgerWrite write = new LedgerWrite(UUID.randomUUID(), 1);
        write.receipts.add(receipt(1, Platform.META, ReceiptState.FORWARDED, null));
        write.receipts.add(receipt(2, Platform.META, ReceiptState.FORWARDED, null));
        write.receipts.add(receipt(1, Platform.TIKTOK, ReceiptState.SKIPPED, "consent"));
        write.receipts.add(receipt(2, Platform.TIKTOK, ReceiptState.DEAD, "platform_rejected"));
        write.requests.add(request(Platform.META, "forwarded"));
        write.requests.add(request(Platform.TIKTOK, "rejected"));
        return write;
    }

    @Test
    void eventsAreCountedByPlatformAndOutcomeAndSkipsByReason() {
        ledger.record(someOfEach());

        assertThat(registry.scrape())
                .contains(
                        "varve_delivery_events_total{outcome=\"forwarded\",platform=\"meta\"} 2.0",
                        "varve_delivery_events_total{outcome=\"skipped\",platform=\"tiktok\"} 1.0",
                        "varve_delivery_events_total{outcome=\"dead\",platform=\"tiktok\"} 1.0",
                        "varve_delivery_skipped_total{platform=\"tiktok\",reason=\"consent\"} 1.0",
                        "varve_delivery_dead_total{platform=\"tiktok\",reason=\"platform_rejected\"} 1.0");
    }

    @Test
    void attemptsAreTimedByPlatformAndOutcome() {
        ledger.record(someOfEach());

        assertThat(registry.scrape())
                .contains(
                        "varve_delivery_attempt_seconds_count{outcome=\"forwarded\",platform=\"meta\"} 1",
                        "varve_delivery_attempt_seconds_sum{outcome=\"rejected\",platform=\"tiktok\"} 0.12");
    }

    @Test
    void noLabelNamesAProjectHoweverManyThereAre() {
        for (int i = 0; i < 20; i++) {
            ledger.record(someOfEach());
        }

        assertThat(registry.getMeters())
                .filteredOn(meter -> meter.getId().getName().startsWith("varve."))
                .hasSizeLessThan(10)
                .allSatisfy(meter -> assertThat(meter.getId().getTags())
                        .extracting(Tag::getKey)
                        .isSubsetOf("platform", "outcome", "reason"));
    }

    @Test
    void aWriteThatFailedIsNotCounted() {
        MeteredLedger failing = new MeteredLedger(new InMemoryDeliveryLedger(), registry);
        LedgerWrite broken = someOfEach();
        broken.receipts.add(null);

        assertThatThrownBy(() -> failing.record(broken)).isInstanceOf(RuntimeException.class);

        assertThat(registry.scrape()).doesNotContain("varve_delivery_events_total");
    }
}
