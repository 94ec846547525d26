package dev.varve.store.postgres.log;

import static dev.varve.store.postgres.tenant.Columns.longs;

import dev.varve.eventlog.EventLog;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/// How far the relay has come with an event, for whoever wants to remove events beside it.
public enum EventStanding {
    /// Behind the position of its stream: all that is known of it is in the ledger.
    PASSED,
    /// Beyond the position of a stream that nobody holds, or may take before the end of the transaction.
    UNREAD,
    /// Beyond the position of a stream that a process holds: it may be planning the event at this moment.
    IN_HAND;

    /// Of events by their offsets. To be called in a transaction, which then keeps others from the streams of unread
    /// events.
    public static Map<Long, EventStanding> of(Handle handle, Collection<Long> offsets) {
        Map<Long, Long> positions = positions(handle, offsets);
        Set<Long> ahead = offsets.stream()
                .filter(offset -> isBeyond(offset, positions))
                .map(EventLog::streamOf)
                .collect(Collectors.toSet());
        if (ahead.isEmpty()) {
            return offsets.stream().collect(Collectors.toMap(offset -> offset, _ -> PASSED));
        }
        Set<Long> free = new HashSet<>();
        ahead.stream().sorted().filter(stream -> tryLease(handle, stream)).forEach(free::add);
        return judged(offsets, positions(handle, offsets), free);
    }

    private static Map<Long, EventStanding> judged(
            Collection<Long> offsets, Map<Long, Long> positions, Set<Long> free) {
        Map<Long, EventStanding> standings = new HashMap<>();
        for (Long offset : offsets) {
            EventStanding beyond = free.contains(EventLog.streamOf(offset)) ? UNREAD : IN_HAND;
            standings.put(offset, isBeyond(offset, positions) ? beyond : PASSED);
        }
        return standings;
    }

    /// A stream without row was read to its end.
    private static boolean isBeyond(long offset, Map<Long, Long> positions) {
        return offset > positions.getOrDefault(EventLog.streamOf(offset), Long.MAX_VALUE);
    }

    private static Map<Long, Long> positions(Handle handle, Collection<Long> offsets) {
        Map<Long, Long> positions = new HashMap<>();
        handle.createQuery("select stream, position from log_stream where stream = any(:streams)")
                .bind("streams", longs(offsets.stream().map(EventLog::streamOf).collect(Collectors.toSet())))
                .map((row, context) -> positions.put(row.getLong("stream"), row.getLong("position")))
                .list();
        return positions;
    }

    private static boolean tryLease(Handle handle, long stream) {
        return handle.createQuery("select pg_try_advisory_xact_lock(:class, cast(:stream as integer))")
                .bind("class", StreamLeases.LOCK_CLASS)
                .bind("stream", stream)
                .mapTo(Boolean.class)
                .one();
    }
}
