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
import java.util.Collection;
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
    private final Consenting consenting;
    private final Bridging bridging;
    private final TwinCheck twins;
    private final Recorder recorder;
    private final InstantSource clock;

    StoredEvents(RelayPorts ports, Bridging bridging, TwinCheck twins, Recorder recorder, InstantSource clock) {
        this.log = ports.log();
        this.ledger = ports.ledger();
        this.apps = ports.apps();
        this.destinations = ports.destinations();
        this.consenting = new Consenting(ports.people().consents());
        this.bridging = bridging;
        this.twins = twins;
        this.recorder = recorder;
        this.clock = clock;
    }

    /// What people allow at present, for whoever plans or sends.
    Consenting consenting() {
        return consenting;
    }

    /// Fetches what is due into the lane's memory. The caller has the lane's leave (`beginLoading`).
    void load(DestinationLane lane, Destination destination) {
        List<LaneItem> items = List.of();
        boolean more = false;
        try {
            Instant now = clock.instant();
            DueQuery query = lane.dueQuery(Optional.of(destination), () -> recorder.unwritten(lane.key), now);
            List<BacklogEntry> entries = ledger.due(log.heldStreams(), lane.key, query);
            more = entries.size() == query.max();
            items = withoutTwins(lane, destination, prepareStored(lane, Optional.of(destination), entries, now), now);
            more |= items.size() < entries.size();
        } finally {
            lane.loaded(items, more, clock.instant()).forEach(recorder::leftWaiting);
        }
    }

    /// Settles what waits and will not be sent any more; the oldest come first. What can be sent goes on waiting.
    void sweep(DestinationLane lane, Optional<Destination> destination) {
        boolean more = false;
        try {
            Instant now = clock.instant();
            DueQuery query = lane.dueQuery(destination, () -> recorder.unwritten(lane.key), now);
            List<BacklogEntry> entries = ledger.due(log.heldStreams(), lane.key, query);
            List<LaneItem> sendable = prepareStored(lane, destination, entries, now);
            more = entries.size() == query.max() && sendable.size() < query.max() / 2;
            if (entries.isEmpty()) {
                lane.nothingWaits();
            }
        } finally {
            lane.swept(more, clock.instant());
        }
    }

    private List<LaneItem> prepareStored(
            DestinationLane lane, Optional<Destination> destination, List<BacklogEntry> entries, Instant now) {
        Set<EventRef> refs = entries.stream().map(BacklogEntry::event).collect(Collectors.toSet());
        Map<Long, LoggedEvent> events = new HashMap<>();
        List<LoggedEvent> fetched = log.fetch(refs);
        consenting.narrowed(fetched).forEach(event -> events.put(event.offset(), event));
        // Beyond it nothing was fetched; it is next time.
        long end =
                EventLog.isCut(fetched, Integer.MAX_VALUE) ? fetched.getLast().offset() : Long.MAX_VALUE;
        Map<Long, Candidate> candidates = candidates(lane, destination, events.values(), now);
        List<LaneItem> items = new ArrayList<>(entries.size());
        for (BacklogEntry entry : entries) {
            long offset = entry.event().offset();
            LoggedEvent event = events.get(offset);
            if (offset > end) {
                continue;
            }
            if (event == null) {
                recorder.vanished(entry, now);
            } else {
                Routing routing = Optional.ofNullable(candidates.get(offset))
                        .map(candidate -> Routing.decide(candidate, destination, lane.connector, now))
                        .orElseGet(Routing.Off::new);
                settleOrRestore(lane, entry, event, routing, now).ifPresent(items::add);
            }
        }
        return items;
    }

    /// With what is known besides, where it matters. Events of unknown apps are left out.
    private Map<Long, Candidate> candidates(
            DestinationLane lane, Optional<Destination> destination, Collection<LoggedEvent> events, Instant now) {
        Map<Long, Candidate> candidates = new HashMap<>();
        List<Candidate> open = new ArrayList<>();
        for (LoggedEvent event : events) {
            apps.find(event.identity().appId()).ifPresent(app -> {
                Candidate candidate = new Candidate(event, app, KnownIds.NONE);
                candidates.put(event.offset(), candidate);
                if (Routing.barred(event, app, destination, lane.key.platform()).isEmpty()) {
                    open.add(candidate);
                }
            });
        }
        bridging.carry(open, now)
                .forEach(candidate -> candidates.put(candidate.event().offset(), candidate));
        return candidates;
    }

    private Optional<LaneItem> settleOrRestore(
            DestinationLane lane, BacklogEntry entry, LoggedEvent event, Routing routing, Instant now) {
        return switch (routing) {
            case Routing.Off() -> settled(entry, event, SkipReason.DISABLED, now);
            case Routing.Skip(var reason) -> settled(entry, event, reason, now);
            case Routing.Route(Preparation.Skipped(var reason)) -> settled(entry, event, reason, now);
            case Routing.Route(Preparation.Refused refused) -> {
                recorder.refusedFromBacklog(entry, localRefusal(event, lane.connector, refused, now), refused.sentAs());
                yield Optional.empty();
            }
            case Routing.Route(Preparation.Prepared(var prepared)) -> Optional.of(restored(entry, prepared, now));
        };
    }

    private Optional<LaneItem> settled(BacklogEntry entry, LoggedEvent event, SkipReason reason, Instant now) {
        recorder.settledFromBacklog(entry, event, reason.wireName(), now);
        return Optional.empty();
    }

    private static LaneItem restored(BacklogEntry entry, PreparedEvent prepared, Instant now) {
        LaneItem item = new LaneItem(prepared, now, null);
        item.attempts = entry.progress().attempts();
        item.firstAttemptAt = entry.progress().firstAttemptAt();
        return item;
    }

    /// Those whose like from another app was not forwarded; of a pair that waits together the first.
    private List<LaneItem> withoutTwins(
            DestinationLane lane, Destination destination, List<LaneItem> items, Instant now) {
        Map<Long, Twin> known = new HashMap<>();
        items.forEach(
                item -> twins.twinOf(item.prepared, destination).ifPresent(twin -> known.put(item.offset(), twin)));
        if (known.isEmpty()) {
            return items;
        }
        Set<Twin> forwarded = twins.forwarded(Set.copyOf(known.values()), now);
        List<LaneItem> left = new ArrayList<>(items.size());
        for (LaneItem item : items) {
            switch (twins.judge(item, Optional.ofNullable(known.get(item.offset())), forwarded, now)) {
                case FIRST -> left.add(item);
                case WAIT -> {
                    recorder.spilled(item, lane.key, now.plus(Planner.LOOK_AGAIN));
                    lane.backlogDue(now.plus(Planner.LOOK_AGAIN));
                }
                case DUPLICATE -> recorder.skipped(item, lane.key, SkipReason.DUPLICATE.wireName(), now);
            }
        }
        return left;
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
