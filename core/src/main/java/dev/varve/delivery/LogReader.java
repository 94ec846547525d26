package dev.varve.delivery;

import dev.varve.event.LoggedEvent;
import dev.varve.eventlog.EventLog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the streams this process holds and has their events planned. Fresh events come in memory from the log's own
/// writer; when that hand-over overflows, and after a restart, the log is read instead and is the only truth.
final class LogReader {
    private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);
    /// Read events that may be unsettled at a time; bounds memory and what a crash repeats.
    private static final int WINDOW = 10_000;

    /// A dead writer's last transaction may still be committing inside the database for a moment, hence the patience.
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /// Events read, and planned, at a time.
    static final int CHUNK = 1_000;

    /// Bytes of documents after which a group ends.
    private static final long GROUP_BYTES = 2 << 20;

    private static final long PAUSE_MILLIS = 10;

    private final EventLog log;
    private final DeliveryLedger ledger;
    private final Recorder recorder;
    private final Planner planner;
    private final InstantSource clock;
    private final Handover handover;
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
        Instant nextReadAt = Instant.MIN;

        Place(long stream, long position, Instant openedAt) {
            this.stream = stream;
            this.readTo = position;
            this.openedAt = openedAt;
        }
    }

    /// Events planned since the start.
    long plannedEvents() {
        return planned.get();
    }

    /// Reads what there is, or waits a moment for something to come. For one thread.
    void step() throws InterruptedException {
        openHeldStreams();
        boolean worked = false;
        for (Place place : places.values()) {
            if (!hasRoom()) {
                break;
            }
            worked |= place.stream == log.ownStream() ? readOwn(place) : readAdopted(place);
        }
        if (!worked) {
            handover.await(PAUSE_MILLIS * 5);
            if (!hasRoom()) {
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    private boolean hasRoom() {
        return recorder.openEvents() < WINDOW && recorder.hasRoom();
    }

    private void openHeldStreams() {
        List<Long> held = log.heldStreams();
        for (Long stream : held) {
            if (!places.containsKey(stream)) {
                long position = recorder.open(stream);
                places.put(stream, new Place(stream, position, clock.instant()));
                LOG.atInfo()
                        .addKeyValue("stream", stream)
                        .addKeyValue("position", position)
                        .log("relay.stream_opened");
            }
        }
        for (Long stream : List.copyOf(places.keySet())) {
            // The own stream is kept while its writer reconnects: it usually gets it back.
            if ((!held.contains(stream) && stream != log.ownStream()) || recorder.isLost(stream)) {
                places.remove(stream);
                recorder.close(stream);
            }
        }
    }

    /// After any failure the log is read from where planning stands: what was handed over and not planned is in it.
    private boolean readOwn(Place place) {
        try {
            return handover.isOverflowed() ? catchUp(place) : planHandedOver(place);
        } catch (RuntimeException e) {
            handover.overflow();
            throw e;
        }
    }

    private boolean planHandedOver(Place place) {
        Handover.Group group = handover.poll();
        if (group == null) {
            return false;
        }
        try {
            if (EventLog.streamOf(group.events().getFirst().offset()) == place.stream) {
                plan(place, group.events());
            } else {
                // The writer has changed to another stream meanwhile, whose reader finds this group in the log.
                handover.overflow();
            }
        } finally {
            handover.release(group);
        }
        return true;
    }

    /// Reads the log to its end, then takes the hand-over up again. It opens before the last read: what was committed
    /// until then is in that read, what comes later is handed over.
    private boolean catchUp(Place place) {
        List<LoggedEvent> events = log.read(place.stream, place.readTo, CHUNK);
        if (!EventLog.isCut(events, CHUNK)) {
            handover.reopen();
            plan(place, events);
            events = log.read(place.stream, place.readTo, CHUNK);
            if (EventLog.isCut(events, CHUNK)) {
                handover.overflow();
            }
        }
        plan(place, events);
        return !events.isEmpty();
    }

    private boolean readAdopted(Place place) {
        Instant now = clock.instant();
        if (now.isBefore(place.nextReadAt)) {
            return false;
        }
        List<LoggedEvent> events = log.read(place.stream, place.readTo, CHUNK);
        plan(place, events);
        if (events.isEmpty()) {
            boolean isQuiet = place.openedAt.plus(PATIENCE).isBefore(now);
            place.nextReadAt = now.plusSeconds(isQuiet ? 15 : 1);
            if (isQuiet && ledger.finish(place.stream)) {
                recorder.finished(place.stream);
                LOG.atInfo().addKeyValue("stream", place.stream).log("relay.stream_finished");
            }
        }
        return !events.isEmpty();
    }

    private void plan(Place place, List<LoggedEvent> events) {
        List<LoggedEvent> fresh =
                events.stream().filter(event -> event.offset() > place.readTo).toList();
        for (int from = 0; from < fresh.size(); ) {
            List<LoggedEvent> group = fresh.subList(from, endOfGroup(fresh, from));
            planner.plan(group);
            place.readTo = group.getLast().offset();
            planned.addAndGet(group.size());
            from += group.size();
        }
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
