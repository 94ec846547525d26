package dev.varve.sandbox.sim;

/// What a sandbox keeps at most. Counts of whole requests and events, bytes of their bodies, and ids of events.
/// `bodyBytes` is the largest request body, unpacked.
public record Bounds(int requests, long requestBytes, int events, long eventBytes, int eventIds, int bodyBytes) {
    public static final Bounds DEFAULT = new Bounds(5_000, 16L << 20, 5_000, 16L << 20, 2_000_000, 8 << 20);

    public Bounds withEventIds(int limit) {
        return new Bounds(requests, requestBytes, events, eventBytes, limit, bodyBytes);
    }
}
