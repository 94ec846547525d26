package dev.varve.tenant;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.event.Platform;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A project's configuration for one platform.
public record Layer(
        UUID id,
        UUID projectId,
        Platform platform,
        boolean enabled,
        @Nullable String pixelId,
        Token token,
        Settings settings,
        Instant updatedAt) {

    /// A layer nobody has configured yet.
    public static Layer blank(UUID id, UUID projectId, Platform platform, Instant now) {
        return new Layer(id, projectId, platform, false, null, Token.NONE, Settings.DEFAULT, now);
    }

    public Layer switchedOn(Token token, Instant at) {
        return new Layer(id, projectId, platform, true, pixelId, token, settings, at);
    }

    /// What is known of the stored token. `valid`: the platform accepted it. Not valid and `validatedAt` null: the
    /// platform has given no verdict yet.
    public record Token(
            @Nullable UUID vaultId, boolean valid, @Nullable Instant validatedAt) {
        public static final Token NONE = new Token(null, false, null);

        public boolean isPresent() {
            return vaultId != null;
        }

        /// The platform has refused it.
        public boolean isRefused() {
            return !valid && validatedAt != null;
        }
    }

    /// `eventMap`: our event name → the platform's, or null to unmap. `dataProcessingOptions`: as in the API,
    /// validated.
    public record Settings(
            @Nullable String testEventCode,
            @Nullable ObjectNode eventMap,
            @Nullable String actionSource,
            @Nullable JsonNode dataProcessingOptions,
            @Nullable String defaultCountry) {
        public static final Settings DEFAULT = new Settings(null, null, null, null, null);
    }
}
