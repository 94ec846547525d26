package dev.varve.event;

import org.jspecify.annotations.Nullable;

/// What the user allowed; null means nothing was stated, which counts as granted.
public record Consent(@Nullable Boolean analytics, @Nullable Boolean advertising) {
    public static final Consent UNSTATED = new Consent(null, null);

    public boolean isAnalyticsDenied() {
        return Boolean.FALSE.equals(analytics);
    }

    public boolean isAdvertisingDenied() {
        return Boolean.FALSE.equals(advertising);
    }

    /// The more restrictive of both, field by field.
    public Consent and(Consent other) {
        return new Consent(stricter(analytics, other.analytics), stricter(advertising, other.advertising));
    }

    private static @Nullable Boolean stricter(@Nullable Boolean a, @Nullable Boolean b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return a && b;
    }
}
