package dev.varve.sandbox.sim;

import java.util.Locale;
import java.util.Optional;

/// The fault switches every simulated platform has. The wire name is the lower-case name.
public enum FaultKind {
    HTTP_429_RETRY_AFTER("429 with Retry-After; params retryAfterSeconds (7)"),
    HTTP_429_BARE("429 without any header"),
    HTTP_413("413, the body is said to be too large"),
    THROTTLE_CODE("the platform's own throttle answer; params usageHeader (true)"),
    HTTP_500("500, transient code; params emptyBody (false)"),
    HTTP_503("503, transient code; params emptyBody (false)"),
    HTML_ERROR("an HTML page; params status (502)"),
    SLOW_HEADERS("stores, the answer starts late; params delayMs (5000)"),
    SLOW_BODY("stores, the answer trickles one byte at a time; params delayMs (500)"),
    HANG("accepts, never answers; params maxSeconds (300)"),
    RESET_BEFORE_READ("closes the connection before reading the body"),
    RESET_AFTER_STORE("stores, then closes without an answer"),
    TRUNCATED_JSON("stores, answers half a body"),
    TOKEN_EXPIRED("token error, expired"),
    TOKEN_REVOKED("token error, revoked"),
    PERMISSION_REVOKED("permission error"),
    PERMISSION_BLIP("permission error for a few requests; times (2)"),
    UNKNOWN_CODE("400 with a code nobody has heard of"),
    SHORT_COUNT("success for fewer events than sent; params missing (1)"),
    LOCALISED("same codes, texts in another language"),
    REDIRECT("302 to a second port that counts the hits"),
    CLOSE_KEEPALIVE("closes the connection after the answer");

    private final String effect;

    FaultKind(String effect) {
        this.effect = effect;
    }

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public String effect() {
        return effect;
    }

    /// Combines with another fault on the same request.
    boolean isDecoration() {
        return this == LOCALISED || this == CLOSE_KEEPALIVE;
    }

    public static Optional<FaultKind> parse(String text) {
        for (FaultKind kind : values()) {
            if (kind.wireName().equals(text)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }
}
