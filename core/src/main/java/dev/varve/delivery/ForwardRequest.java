package dev.varve.delivery;

import dev.varve.destination.Answer;
import dev.varve.destination.Destination;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One request to a platform, as the audit trail keeps it. `eventIds`: the first 100. `outcome`: `forwarded`,
/// `retry`, `rejected`, `throttled`, `auth_failed`, `unreachable`.
public record ForwardRequest(
        UUID id,
        Destination.Key destination,
        @Nullable String pixelId,
        Carried carried,
        String outcome,
        Answer answer) {
    public static final int MAX_EVENT_IDS = 100;

    public record Carried(int events, List<String> eventIds) {
        public Carried {
            eventIds = List.copyOf(eventIds);
        }
    }
}
