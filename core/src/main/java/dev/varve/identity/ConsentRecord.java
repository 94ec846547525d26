package dev.varve.identity;

import dev.varve.event.Consent;
import org.jspecify.annotations.Nullable;

/// What was put on record for a person or an install by `POST /consent`; null: never stated.
///
/// `attStatus`: Apple's tracking permission, one of `authorized`, `denied`, `restricted`, `not_determined`.
public record ConsentRecord(
        @Nullable Boolean analytics,
        @Nullable Boolean advertising,
        @Nullable String attStatus) {
    public static final ConsentRecord UNSTATED = new ConsentRecord(null, null, null);

    public Consent consent() {
        return new Consent(analytics, advertising);
    }

    /// Apple's advertising id is neither stored nor sent then.
    public boolean isTrackingDenied() {
        return attStatus != null && !attStatus.equals("authorized");
    }

    /// Whether anything may not happen because of it.
    public boolean isRestricting() {
        return consent().isAnalyticsDenied() || consent().isAdvertisingDenied() || isTrackingDenied();
    }

    /// The more restrictive of both, field by field.
    public ConsentRecord and(ConsentRecord other) {
        Consent both = consent().and(other.consent());
        boolean isOwn = isTrackingDenied() || other.attStatus == null;
        return new ConsentRecord(both.analytics(), both.advertising(), isOwn ? attStatus : other.attStatus);
    }
}
