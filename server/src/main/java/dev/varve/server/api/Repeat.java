package dev.varve.server.api;

/// What a second call with the same content does.
enum Repeat {
    /// Changes nothing; an idempotency key means nothing here.
    SAFE,
    /// Runs anew unless it carries the idempotency key of the first.
    KEY,
    /// Leaves the same end state and answers the same way; honours the key besides.
    STATE,
    /// Moves money: refused without an idempotency key.
    REQUIRED;

    boolean honoursKey() {
        return this != SAFE;
    }

    static Repeat of(String method) {
        return switch (method) {
            case "GET", "HEAD" -> SAFE;
            case "PUT", "DELETE" -> STATE;
            default -> KEY;
        };
    }
}
