package dev.varve.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.tenant.Layers.LayerError;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A failure is shown until what failed works again, and a day at least.
class LayerErrorTest {
    private static final Instant AT = Instant.parse("2026-11-04T12:00:00Z");
    private static final Instant SOON = AT.plus(Duration.ofMinutes(1));
    private static final Instant WEEK = AT.plus(Duration.ofDays(7));
    private static final Layer.Token VALID = new Layer.Token(UUID.randomUUID(), true, SOON);
    private static final Layer.Token REFUSED = new Layer.Token(UUID.randomUUID(), false, SOON);

    @ParameterizedTest
    @ValueSource(strings = {"TOKEN_INVALID", "PIXEL_INVALID", "PLATFORM_ERROR", "PLATFORM_UNREACHABLE"})
    void aForwardIsTheRecoveryFromEveryFailure(String code) {
        LayerError error = new LayerError(AT, code, null, null);
        assertThat(error.isShown(null, REFUSED, WEEK)).isTrue();
        assertThat(error.isShown(AT.minusSeconds(1), REFUSED, WEEK)).isTrue();
        assertThat(error.isShown(SOON, REFUSED, AT.plus(Duration.ofHours(23)))).isTrue();
        assertThat(error.isShown(SOON, REFUSED, WEEK)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TOKEN_INVALID", "PIXEL_INVALID"})
    void aTokenTakenAgainIsTheRecoveryFromOneRefused(String code) {
        LayerError error = new LayerError(AT, code, null, null);
        assertThat(error.isShown(null, VALID, AT.plus(Duration.ofHours(23)))).isTrue();
        assertThat(error.isShown(null, VALID, WEEK)).isFalse();
        assertThat(error.isShown(null, new Layer.Token(UUID.randomUUID(), true, AT.minusSeconds(1)), WEEK))
                .isTrue();
    }

    @Test
    void aTokenTakenSaysNothingOfFailedForwards() {
        assertThat(new LayerError(AT, "PLATFORM_ERROR", null, null).isShown(null, VALID, WEEK))
                .isTrue();
    }
}
