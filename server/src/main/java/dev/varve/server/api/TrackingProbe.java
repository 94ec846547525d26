package dev.varve.server.api;

import java.util.Map;

/// Sends one synthetic event through the public ingest route, as an SDK would, with the internal credential that
/// marks it.
@FunctionalInterface
public interface TrackingProbe {
    Sent send(ProbeEvent event);

    /// `testEventCodes`: by short platform name.
    record ProbeEvent(String appId, String eventId, String name, String platform, Map<String, String> testEventCodes) {}

    /// What the ingest route answered.
    enum Sent {
        ACCEPTED,
        UNKNOWN_APP,
        UNREACHABLE
    }
}
