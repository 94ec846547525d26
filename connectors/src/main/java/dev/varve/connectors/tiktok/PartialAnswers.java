package dev.varve.connectors.tiktok;

import dev.varve.destination.Destination;
import dev.varve.destination.PreparedEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Remembers which events were answered with "partial success" once: the second time they count as delivered, because
/// the repeat carried the same ids and TikTok names no guilty item. Bounded; forgetting costs one more repeat.
/// Thread-safe.
final class PartialAnswers {
    private static final int CAPACITY = 20_000;

    private final Map<Sent, Boolean> seen = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Sent, Boolean> eldest) {
            return size() > CAPACITY;
        }
    };

    private record Sent(Destination.Key destination, String appId, String eventId) {}

    /// True when every one of these events was noted before; then they are forgotten, for they are settled.
    synchronized boolean isSecond(Destination.Key destination, List<PreparedEvent> events) {
        List<Sent> sent = events.stream()
                .map(event -> event.event().identity())
                .map(identity -> new Sent(destination, identity.appId(), identity.eventId()))
                .toList();
        if (seen.keySet().containsAll(sent)) {
            sent.forEach(seen::remove);
            return true;
        }
        sent.forEach(one -> seen.put(one, true));
        return false;
    }
}
