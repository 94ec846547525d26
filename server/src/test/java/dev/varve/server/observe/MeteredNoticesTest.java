package dev.varve.server.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.Answer;
import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MeteredNoticesTest {
    @Test
    void noticesAreCountedByPlatformAndNameAndNoProject() {
        PrometheusMeterRegistry registry = Metrics.create();
        MeteredNotices notices = new MeteredNotices(registry);
        Answer answer = new Answer(Instant.EPOCH, Duration.ofMillis(5), 200, 20001, null, null);

        notices.raise("tiktok.partial_success", anyDestination(), answer);
        notices.raise("tiktok.partial_success", anyDestination(), answer);

        assertThat(registry.scrape())
                .contains("varve_delivery_notices_total{notice=\"tiktok.partial_success\",platform=\"tiktok\"} 2.0");
    }

    private static Destination anyDestination() {
        return new Destination(
                new Destination.Key(UUID.randomUUID(), Platform.TIKTOK),
                true,
                false,
                "C1",
                Optional.empty(),
                "http://127.0.0.1",
                Destination.Mapping.DEFAULT);
    }
}
