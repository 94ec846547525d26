package dev.varve.delivery;

import dev.varve.event.LoggedEvent;
import dev.varve.eventlog.EventLog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the streams this process holds and has their events planned. Fresh events come in memory from the log's own
/// writers; when that hand-over overflows, and after a restart, the log is read instead and is the only truth.
final class LogReader {
    private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);
    /// Read events that may be unsettled at a time; bounds memory and what a crash repeats.
    private static final int WINDOW = 10_000;

    /// A dead writer's last transaction may still be committing inside the database for a moment, hence the patience.
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /// Events read, and planned, at a time.
    static final int CHUNK = 1_000;

    /// Bytes of documents after which a group ends.
    static final long GROUP_BYTES = 2 << 20;

    private static final long PAUSE_MILLIS = 10;

    private final EventLog log;
    private final DeliveryLedger ledger;
    private final Recorder recorder;
    private final Planner planner;
    private final InstantSource clock;
    private final Handover handover;
    private final Gathering gathering = new Gathering(System.nanoTime());
    private final Map<Long, Place> places = new ConcurrentHashMap<>();
    private final AtomicLong planned = new AtomicLong();

    LogReader(RelayPorts ports, Recorder recorder, Planner planner, Handover handover, InstantSource clock) {
        this.log = ports.log();
        this.ledger = ports.ledger();
        this.recorder = recorder;
        this.planner = planner;
        this.handover = handover;
        this.clock = clock;
    }

    /// Where reading of a stream stands. Used by the reader thread only.
    private static final class Place {
        final long stream;
        final Instant openedAt;
        long readTo;
        /// About when the next event to plan arrived.
        Instant standsAt = Instant.MIN;
        Instant nextReadAt = Instant.MIN;

        Place(long stream, long position, Instant openedAt) {
            this.stream = stream;
            this.readTo = position;
            this.openedAt = openedAt;
        }

        Instant standsAt() {
            return standsAt;
        }

        List<LoggedEvent> unread(List<LoggedEvent> events) {
            return events.stream().filter(event -> event.offset() > readTo).toList();
        }

        void planned(LoggedEvent event) {
            readTo = event.offset();
            standsAt = event.receivedAt();
        }
    }

    /// Events planned since the start.
    long plannedEvents() {
        return planned.get();
    }

    /// Reads what there is, or waits a moment for something to come. For one thread.
    void step() throws InterruptedException {
        openHeldStreams();
        List<Long> own = log.ownStreams();
        boolean worked = readOwn(furthestBehindFirst(place -> own.contains(place.stream)));
        worked |= readAdopted(furthestBehindFirst(place -> !own.contains(place.stream)));
        if (!worked) {
            handover.await(PAUSE_MILLIS * 5);
            if (!hasRoom()) {
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    private List<Place> furthestBehindFirst(Predicate<Place> which) {
        return places.values().stream()
                .filter(which)
                .sorted(Comparator.comparing(Place::standsAt))
                .toList();
    }

    private boolean hasRoom() {
        return recorder.openEvents() < WINDOW && recorder.hasRoom();
    }

    private void openHeldStreams() {
        List<Long> held = log.heldStreams();
        List<Long> own = log.ownStreams();
        for (Long stream : held) {
            if (!places.containsKey(stream)) {
                long position = recorder.open(stream);
                places.put(stream, new Place(stream, position, clock.instant()));
                if (own.contains(stream)) {
                    handover.overflow(); // it may have let groups of this stream go
                }
                LOG.atInfo()
                        .addKeyValue("stream", stream)
                        .addKeyValue("position", position)
                        .log("relay.stream_opened");
            }
        }
        for (Long stream : List.copyOf(places.keySet())) {
            // An own stream is kept while its writer reconnects: it usually gets it back.
            if ((!held.contains(stream) && !own.contains(stream)) || recorder.isLost(stream)) {
                places.remove(stream);
                recorder.close(stream);
            }
        }
    }

    /// After any failure the log is read from where planning stands: what was handed over and not planned is in it.
    private boolean readOwn(List<Place> own) throws InterruptedException {
        if (own.isEmpty() || !hasRoom()) {
            return false;
        }
        try {
            return handover.isOverflowed() ? catchUp(own) : planHandedOver(own);
        } catch (RuntimeException e) {
            handover.overflow();
            throw e;
        }
    }

    /// Groups of all own streams together, in the order in which they came.
    private boolean planHandedOver(List<Place> own) throws InterruptedException {
        handover.gather(gathering.left(System.nanoTime()));
        List<Handover.Group> groups = handover.take();
        if (groups.isEmpty()) {
            return false;
        }
        gathering.planBegins(System.nanoTime());
        try {
            List<LoggedEvent> fresh = new ArrayList<>();
            boolean isAllKnown = groups.stream().allMatch(group -> addFresh(group.events(), own, fresh));
            plan(fresh);
            if (!isAllKnown) {
                // A writer has changed to another stream meanwhile, whose reader finds the rest in the log.
                handover.overflow();
            }
        } finally {
            groups.forEach(handover::release);
        }
        return true;
    }

    /// False when the group is of none of these streams.
    private static boolean addFresh(List<LoggedEvent> group, List<Place> own, List<LoggedEvent> fresh) {
        long stream = EventLog.streamOf(group.getFirst().offset());
        Optional<Place> place =
                own.stream().filter(known -> known.stream == stream).findFirst();
        place.ifPresent(known -> fresh.addAll(known.unread(group)));
        return place.isPresent();
    }

    /// Reads the log to the end of all own streams, then takes the hand-over up again. It opens before the last reads:
    /// what was committed until then is in them, what comes later is handed over.
    private boolean catchUp(List<Place> own) {
        Round round = readOn(own);
        if (!round.isAtEnd) {
            return round.worked;
        }
        handover.reopen();
        for (Place place : own) {
            List<LoggedEvent> events = log.read(place.stream, place.readTo, CHUNK);
            if (EventLog.isCut(events, CHUNK)) {
                handover.overflow();
            }
            plan(place.unread(events));
        }
        return round.worked;
    }

    private boolean readAdopted(List<Place> adopted) {
        Instant now = clock.instant();
        Round round = readOn(adopted.stream()
                .filter(place -> !now.isBefore(place.nextReadAt))
                .toList());
        round.ended.forEach(place -> rest(place, now));
        return round.worked;
    }

    /// What one reading of several streams came to. `ended`: those that had nothing.
    private static final class Round {
        boolean worked;
        boolean isAtEnd = true;
        final List<Place> ended = new ArrayList<>();
    }

    /// Reads a chunk of each stream, the one furthest behind first; no other goes beyond the moment it has reached. The
    /// events of a person lie in all streams of a process, and what they did first is to be planned first.
    private Round readOn(List<Place> furthestBehindFirst) {
        Round round = new Round();
        Instant frontier = Instant.MAX;
        for (Place place : furthestBehindFirst) {
            if (!hasRoom() || place.standsAt.isAfter(frontier)) {
                round.isAtEnd = false;
                return round;
            }
            List<LoggedEvent> events = log.read(place.stream, place.readTo, CHUNK);
            Instant limit = frontier;
            List<LoggedEvent> due = events.stream()
                    .takeWhile(event -> !event.receivedAt().isAfter(limit))
                    .toList();
            plan(place.unread(due));
            round.worked |= !due.isEmpty();
            if (events.isEmpty()) {
                round.ended.add(place);
            } else if (due.size() < events.size()) {
                place.standsAt = events.get(due.size()).receivedAt();
                round.isAtEnd = false;
            } else if (EventLog.isCut(events, CHUNK)) {
                frontier = place.standsAt;
                round.isAtEnd = false;
            }
        }
        return round;
    }

    private void rest(Place place, Instant now) {
        boolean isQuiet = place.openedAt.plus(PATIENCE).isBefore(now);
        place.nextReadAt = now.plusSeconds(isQuiet ? 15 : 1);
        if (isQuiet && ledger.finish(place.stream)) {
            recorder.finished(place.stream);
            LOG.atInfo().addKeyValue("stream", place.stream).log("relay.stream_finished");
        }
    }

    /// In the order given; of each stream in offset order.
    private void plan(List<LoggedEvent> fresh) {
        for (int from = 0; from < fresh.size(); ) {
            List<LoggedEvent> group = fresh.subList(from, endOfGroup(fresh, from));
            planner.plan(group);
            group.forEach(event -> place(event).planned(event));
            planned.addAndGet(group.size());
            from += group.size();
        }
    }

    private Place place(LoggedEvent event) {
        return Objects.requireNonNull(places.get(EventLog.streamOf(event.offset())), "events are read of places");
    }

    /// Planning holds the parsed documents of a whole group.
    private static int endOfGroup(List<LoggedEvent> events, int from) {
        long bytes = 0;
        int end = from;
        while (end < events.size() && end - from < CHUNK && (end == from || bytes < GROUP_BYTES)) {
            bytes += events.get(end).event().document().length;
            end++;
        }
        return end;
    }
}
