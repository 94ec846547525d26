package dev.varve.delivery;

import dev.varve.destination.Destination;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a destination's lane last learned, kept across restarts. `failingSince`: first failure after the last success.
public record DestinationState(
        Destination.Key destination,
        Standing standing,
        @Nullable Instant lastSuccessAt,
        @Nullable Instant failingSince,
        @Nullable LastError lastError) {

    /// `brokenReason` is set while stopped. `quietUntil`: the platform wants nothing before; null when it said nothing.
    public record Standing(
            Phase phase,
            @Nullable String brokenReason,
            @Nullable Instant quietUntil) {}

    /// Of a destination whose platform asked for no pause.
    public DestinationState(
            Destination.Key destination,
            Phase phase,
            @Nullable String brokenReason,
            @Nullable Instant lastSuccessAt,
            @Nullable Instant failingSince,
            @Nullable LastError lastError) {
        this(destination, new Standing(phase, brokenReason, null), lastSuccessAt, failingSince, lastError);
    }

    public Phase phase() {
        return standing.phase();
    }

    public @Nullable String brokenReason() {
        return standing.brokenReason();
    }

    public @Nullable Instant quietUntil() {
        return standing.quietUntil();
    }

    public enum Phase {
        FLOWING,
        WAITING,
        HELD,
        STOPPED;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// `code`: `PLATFORM_ERROR`, `PLATFORM_UNREACHABLE`, `TOKEN_INVALID`, `PIXEL_INVALID`.
    public record LastError(
            Instant at,
            String code,
            String message,
            @Nullable Integer platformCode) {}

    /// When the newest thing it tells of happened; of two states the one observed later is true.
    public Instant observedAt() {
        Instant success = lastSuccessAt == null ? Instant.MIN : lastSuccessAt;
        return lastError == null || lastError.at().isBefore(success) ? success : lastError.at();
    }

    public static DestinationState fresh(Destination.Key destination) {
        return new DestinationState(destination, Phase.FLOWING, null, null, null, null);
    }
}
