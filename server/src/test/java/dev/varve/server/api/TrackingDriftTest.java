package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.health.DriftFinding;
import dev.varve.health.EventShapes;
import dev.varve.health.ObservedShapes;
import dev.varve.health.PropertyType;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ConnectionLoss;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The look for drift takes bounded time, and neither hides what it found nor that it failed.
class TrackingDriftTest {
    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    private static final UUID PROJECT = UUID.randomUUID();

    private final List<String> looked = new ArrayList<>();
    private Instant now = NOW;

    @Test
    void aSlowStoreIsAskedForTheNewestNamesOnlyAndWhatTheyShowCounts() {
        EventShapes slow = (project, app, name, at) -> {
            looked.add(name);
            now = now.plusSeconds(5);
            return Map.of(Optional.of("production"), drifting());
        };

        List<DriftFinding> findings = new TrackingDrift(slow, () -> now)
                .find(PROJECT, "app", List.of("first", "second", "third", "fourth", "fifth"));

        assertThat(looked).containsExactly("first", "second", "third");
        assertThat(findings)
                .extracting(finding -> finding.subject().eventName())
                .containsExactly("first", "second", "third");
    }

    @Test
    void aStoreThatFailsFailsTheCallAndIsRecognisedAsSuch() {
        CompletableFuture<List<DriftFinding>> failed =
                CompletableFuture.failedFuture(new IllegalStateException(new SQLException("too slow", "57014")));

        assertThatThrownBy(() -> TrackingDrift.found(failed, Duration.ofSeconds(1)))
                .matches(ConnectionLoss::isBehind);
    }

    @Test
    void aStoreThatStandsStillIsNotWaitedForLongerThanSaid() {
        assertThatThrownBy(() -> TrackingDrift.found(new CompletableFuture<>(), Duration.ofMillis(1)))
                .isInstanceOfSatisfying(ApiException.class, refusal -> assertThat(refusal.status())
                        .isEqualTo(503));
        assertThat(TrackingDrift.found(CompletableFuture.completedFuture(List.of()), Duration.ofSeconds(-1)))
                .as("what is there by then is taken")
                .isEmpty();
    }

    /// Had a price a hundred times, and then not.
    private static ObservedShapes drifting() {
        ObservedShapes shapes = new ObservedShapes(Collections.nCopies(100, NOW), Collections.nCopies(20, NOW));
        IntStream.range(0, 100).forEach(i -> shapes.saw(i, "price", PropertyType.NUMBER));
        return shapes;
    }
}
