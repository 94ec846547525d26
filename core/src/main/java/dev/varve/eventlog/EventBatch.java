package dev.varve.eventlog;

import dev.varve.event.Event;
import java.time.Instant;
import java.util.List;

/// Events of one request, all received at the same moment. At most 10,000.
public record EventBatch(Instant receivedAt, List<Event> events) {
    public EventBatch {
        events = List.copyOf(events);
    }
}
