package dev.varve.connectors.tiktok;

import dev.varve.destination.PreparedEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Remembers which events were answered with "partial success" once: the second time they count as delivered, because
/// the repeat carried the same ids and TikTok names no guilty item. Bounded; forgetting costs one more repeat.
/// Thread-safe.
final class PartialAnswers {
    private static final int CAPACITY = 20_000;

    private final Map<String, Boolean> seen = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > CAPACITY;
        }
    };

    /// True when every one of these events was noted before.
    synchronized boolean noteAgain(List<PreparedEvent> events) {
        boolean all = true;
        for (PreparedEvent event : events) {
            var identity = event.event().identity();
            all &= seen.put(identity.appId() + " " + identity.eventId(), true) != null;
        }
        return all;
    }
}
