package dev.varve.health;

import dev.varve.event.Event;
import dev.varve.event.LoggedEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Reads a project's events and what became of them. The caller has already checked that the project is the caller's.
public interface Timeline {
    /// Newest first by `occurredAt` as it is shown, to the millisecond, then by event id ascending; at most `limit`.
    List<TimelineEntry> page(Query query, Optional<Position> after, int limit);

    /// The newest event with this id; `appId` chooses between apps that share it.
    Optional<TimelineEntry> find(UUID projectId, String eventId, Optional<String> appId);

    /// Every request to a platform that carried the event, oldest first.
    List<Attempt> attempts(TimelineEntry entry);

    /// Distinct names of the app's real events of the trailing `window`, newest first, at most `limit`.
    List<String> observedNames(UUID projectId, String appId, Duration window, int limit);

    /// `since` inclusive, `until` exclusive, both on `occurredAt`. Empty `names`: all.
    record Query(UUID projectId, Filter filter, Optional<Instant> since, Optional<Instant> until) {}

    record Filter(Optional<String> appId, Set<String> names, Optional<String> userId, boolean includeSynthetic) {
        public static final Filter NONE = new Filter(Optional.empty(), Set.of(), Optional.empty(), false);

        public Filter {
            names = Set.copyOf(names);
        }

        /// Whether the event is one of those asked for.
        public boolean takes(Event event) {
            return (includeSynthetic || !event.synthetic())
                    && (names.isEmpty() || names.contains(event.name()))
                    && appId.filter(app -> !app.equals(event.identity().appId()))
                            .isEmpty()
                    && userId.filter(user -> !user.equals(event.sender().userId()))
                            .isEmpty();
        }
    }

    /// The last item of the page before. Its time is taken as it is shown, to the millisecond.
    record Position(Instant occurredAt, String eventId, long offset) {}

    /// An event and one receipt per platform. The event's origin is unknown when its matching record is erased.
    record TimelineEntry(LoggedEvent logged, List<Receipt> receipts) {
        public TimelineEntry {
            receipts = List.copyOf(receipts);
        }
    }
}
