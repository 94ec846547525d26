package dev.varve.delivery;

import dev.varve.destination.Candidate;
import dev.varve.destination.Connector;
import dev.varve.destination.Destination;
import dev.varve.destination.Destinations;
import dev.varve.destination.Preparation;
import dev.varve.destination.PreparedEvent;
import dev.varve.destination.SkipReason;
import dev.varve.event.LoggedEvent;
import dev.varve.eventlog.EventLog;
import dev.varve.eventlog.EventRef;
import dev.varve.identity.KnownIds;
import dev.varve.tenant.IngestApps;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Brings what waits in the ledger back to its lane, mapped anew with the present configuration, and settles what is
/// not to be sent any more.
final class StoredEvents {
    private final EventLog log;
    private final DeliveryLedger ledger;
    private final IngestApps apps;
    private final Destinations destinations;
    private final Recorder recorder;
    private final InstantSource clock;

    StoredEvents(
            EventLog log,
            DeliveryLedger ledger,
            IngestApps apps,
            Destinations destinations,
            Recorder recorder,
            InstantSource clock) {
        this.log = log;
        this.ledger = ledger;
        this.apps = apps;
        this.destinations = destinations;
        this.recorder = recorder;
        this.clock = clock;
    }

    /// Fetches what is due into the lane's memory. The caller has the lane's leave (`beginLoading`).
    void load(DestinationLane lane, Destination destination) {
        List<LaneItem> items = List.of();
        boolean more = false;
        try {
            Instant now = clock.instant();
            DueQuery query = lane.dueQuery(Optional.of(destination), recorder.unwritten(lane.key), now);
            List<BacklogEntry> entries = ledger.due(log.heldStreams(), lane.key, query);
            more = entries.size() == query.max();
            items = prepareStored(lane, Optional.of(destination), entries, now);
        } finally {
            lane.loaded(items, more, clock.instant());
        }
    }

    /// Settles what waits and will not be sent any more; the oldest come first. What can be sent goes on waiting.
    void sweep(DestinationLane lane, Optional<Destination> destination) {
        boolean more = false;
        try {
            Instant now = clock.instant();
            DueQuery query = lane.dueQuery(destination, recorder.unwritten(lane.key), now);
            List<BacklogEntry> entries = ledger.due(log.heldStreams(), lane.key, query);
            List<LaneItem> sendable = prepareStored(lane, destination, entries, now);
            more = entries.size() == query.max() && sendable.size() < query.max() / 2;
        } finally {
            lane.swept(more, clock.instant());
        }
    }

    private List<LaneItem> prepareStored(
            DestinationLane lane, Optional<Destination> destination, List<BacklogEntry> entries, Instant now) {
        Set<EventRef> refs = entries.stream().map(BacklogEntry::event).collect(Collectors.toSet());
        Map<Long, LoggedEvent> events = new HashMap<>();
        log.fetch(refs).forEach(event -> events.put(event.offset(), event));
        List<LaneItem> items = new ArrayList<>(entries.size());
        for (BacklogEntry entry : entries) {
            LoggedEvent event = events.get(entry.event().offset());
            if (event == null) {
                recorder.vanished(entry);
            } else {
                prepareStored(lane, destination, entry, event, now).ifPresent(items::add);
            }
        }
        return items;
    }

    private Optional<LaneItem> prepareStored(
            DestinationLane lane,
            Optional<Destination> destination,
            BacklogEntry entry,
            LoggedEvent event,
            Instant now) {
        return switch (route(lane, destination, entry, event, now)) {
            case Routing.Off() -> {
                recorder.settledFromBacklog(entry, event, SkipReason.DISABLED.wireName(), now);
                yield Optional.empty();
            }
            case Routing.Skip(var reason) -> {
                recorder.settledFromBacklog(entry, event, reason.wireName(), now);
                yield Optional.empty();
            }
            case Routing.Route(Preparation.Skipped(var reason)) -> {
                recorder.settledFromBacklog(entry, event, reason.wireName(), now);
                yield Optional.empty();
            }
            case Routing.Route(Preparation.Refused refused) -> {
                recorder.refusedFromBacklog(entry, localRefusal(event, lane.connector, refused, now), refused.sentAs());
                yield Optional.empty();
            }
            case Routing.Route(Preparation.Prepared(var prepared)) -> Optional.of(restored(entry, prepared, now));
        };
    }

    private Routing route(
            DestinationLane lane,
            Optional<Destination> destination,
            BacklogEntry entry,
            LoggedEvent event,
            Instant now) {
        return apps.find(entry.appId())
                .map(app -> Routing.decide(new Candidate(event, app, KnownIds.NONE), destination, lane.connector, now))
                .orElseGet(Routing.Off::new);
    }

    private static LaneItem restored(BacklogEntry entry, PreparedEvent prepared, Instant now) {
        LaneItem item = new LaneItem(prepared, now, null);
        item.attempts = entry.progress().attempts();
        item.firstAttemptAt = entry.progress().firstAttemptAt();
        return item;
    }

    /// The dead letter of an event that a local check refused.
    DeadLetter localRefusal(LoggedEvent event, Connector connector, Preparation.Refused refused, Instant now) {
        Destination.Key key = new Destination.Key(event.identity().projectId(), connector.platform());
        return new DeadLetter(
                event,
                key,
                refused.reason(),
                "VALIDATION",
                new DeadLetter.Failure(0, now, now, refused.message(), null),
                destinations
                        .find(key)
                        .map(destination -> connector.tooOldAt(event, destination))
                        .orElse(now));
    }
}
