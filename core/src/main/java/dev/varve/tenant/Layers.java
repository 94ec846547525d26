package dev.varve.tenant;

import dev.varve.event.Platform;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Stores layers and their tokens. The caller has already checked that the project is the caller's.
public interface Layers {
    Optional<Layer> find(UUID projectId, Platform platform);

    /// Saves the layer, its token and what the platform said of it, all or nothing. Answers the layer as stored:
    /// with the vault id that the token got.
    Layer save(Layer layer, TokenChange change, Verdict verdict);

    /// As `save`, if the layer is still stored as `before`; what a platform said of `before` may not hold for another.
    /// Without `before`: if there is still none.
    ///
    /// Empty, and nothing is saved, when somebody changed it meanwhile.
    Optional<Layer> replace(Optional<Layer> before, Layer layer, TokenChange change, Verdict verdict);

    /// The layer's token in the clear, for a request to the platform and nothing else.
    Optional<String> revealToken(Layer layer);

    /// The newest failure, as long as it is shown.
    Optional<LayerError> lastError(Layer layer, Instant now);

    /// What happens to the stored token.
    sealed interface TokenChange {
        record Kept() implements TokenChange {}

        record Deleted() implements TokenChange {}

        /// Encrypted by the vault; the vault id stays the same when there was one.
        record Replaced(String token) implements TokenChange {
            @Override
            public String toString() {
                return "Replaced[***]";
            }
        }
    }

    /// What the platform said when the configuration was tried.
    sealed interface Verdict {
        /// Nothing was asked, or no verdict came.
        record None() implements Verdict {}

        /// It works: a destination that stood still flows again.
        record Accepted() implements Verdict {}

        record Refused(LayerError error) implements Verdict {}
    }

    /// The newest failure. `code`: `PLATFORM_ERROR`, `PLATFORM_UNREACHABLE`, `TOKEN_INVALID`, `PIXEL_INVALID`.
    record LayerError(
            Instant at,
            String code,
            @Nullable String message,
            @Nullable Integer platformCode) {
        private static final Duration KEPT = Duration.ofHours(24);
        private static final Set<String> OF_CONFIGURATION = Set.of("TOKEN_INVALID", "PIXEL_INVALID");

        /// A day at least, and until the recovery: a later forward, or the platform taking a token it had refused.
        public boolean isShown(@Nullable Instant lastSuccessAt, Layer.Token token, Instant now) {
            boolean isRecovered = isLater(lastSuccessAt)
                    || OF_CONFIGURATION.contains(code) && token.valid() && isLater(token.validatedAt());
            return !isRecovered || at.isAfter(now.minus(KEPT));
        }

        private boolean isLater(@Nullable Instant recovery) {
            return recovery != null && recovery.isAfter(at);
        }
    }
}
