package dev.varve.store.postgres.timeline;

import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.uuids;

import dev.varve.event.LoggedEvent;
import dev.varve.eventlog.EventLog;
import dev.varve.health.EventTail;
import dev.varve.health.Receipt;
import dev.varve.health.TailPosition;
import dev.varve.health.Timeline.TimelineEntry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/// The end of the log in PostgreSQL. A stream without a row in `log_stream` has no writer any more: what a snapshot
/// without its row shows of it is all there will ever be, so the position reached leaves it out.
public final class PostgresEventTail implements EventTail {
    /// Streams that began since a position; after more starts than that in 5 minutes nobody resumes.
    private static final long MOST_NEW_STREAMS = 64;

    private final Jdbi jdbi;
    private final InstantSource clock;

    public PostgresEventTail(Jdbi jdbi, InstantSource clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    @Override
    public TailPosition end() {
        return atOneMoment(handle -> {
            Map<Long, Long> ends = new HashMap<>();
            written(handle)
                    .forEach(stream -> ends.put(
                            stream, end(handle, EventLog.firstOffset(stream)).orElse(EventLog.firstOffset(stream))));
            return new TailPosition(clock.instant(), ends);
        });
    }

    @Override
    public Slice after(Set<UUID> projects, TailPosition after, int limit) {
        return atOneMoment(handle -> {
            List<Long> written = written(handle);
            List<LoggedEvent> events = new ArrayList<>();
            Map<Long, Long> reached = new HashMap<>();
            boolean isCut = false;
            for (Map.Entry<Long, Long> stream : unread(after, written).entrySet()) {
                long end = end(handle, stream.getValue()).orElse(stream.getValue());
                List<LoggedEvent> found = end == stream.getValue()
                        ? List.of()
                        : read(handle, projects, new Range(stream.getValue(), end), limit);
                boolean isFull = found.size() == limit;
                isCut |= isFull;
                if (isFull || written.contains(stream.getKey())) {
                    reached.put(stream.getKey(), isFull ? found.getLast().offset() : end);
                }
                events.addAll(found);
            }
            return new Slice(withReceipts(handle, events), new TailPosition(clock.instant(), reached), isCut);
        });
    }

    @Override
    public Optional<Instant> arrivalAfter(TailPosition after) {
        return atOneMoment(handle -> unread(after, written(handle)).values().stream()
                .flatMap(offset -> handle
                        .createQuery("""
                                select received_at from event where log_offset > :after and log_offset < :end
                                order by log_offset limit 1""")
                        .bind("after", offset)
                        .bind("end", EventLog.firstOffset(EventLog.streamOf(offset) + 1))
                        .map((row, context) -> instant(row, "received_at"))
                        .findOne()
                        .stream())
                .min(Instant::compareTo));
    }

    @Override
    public List<TimelineEntry> now(List<LoggedEvent> events) {
        return events.isEmpty() ? List.of() : atOneMoment(handle -> withReceipts(handle, events));
    }

    private record Range(long after, long end) {}

    private <T> T atOneMoment(Function<Handle, T> read) {
        return jdbi.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, handle -> read.apply(handle));
    }

    private static List<Long> written(Handle handle) {
        return handle.createQuery("select stream from log_stream")
                .mapTo(Long.class)
                .list();
    }

    /// From where each stream is to be read: those of the position, and those that began since, ended or not.
    private static SortedMap<Long, Long> unread(TailPosition after, Collection<Long> written) {
        SortedMap<Long, Long> unread = new TreeMap<>(after.offsets());
        written.forEach(stream -> unread.putIfAbsent(stream, EventLog.firstOffset(stream)));
        if (after.offsets().isEmpty()) {
            return unread;
        }
        long newest = unread.lastKey();
        long first = Math.max(after.newestStream() + 1, newest - MOST_NEW_STREAMS);
        for (long stream = first; stream < newest; stream++) {
            unread.putIfAbsent(stream, EventLog.firstOffset(stream));
        }
        return unread;
    }

    /// The newest offset of the stream behind this one.
    private static OptionalLong end(Handle handle, long after) {
        return handle.createQuery("""
                        select log_offset from event where log_offset > :after and log_offset < :end
                        order by log_offset desc limit 1""")
                .bind("after", after)
                .bind("end", EventLog.firstOffset(EventLog.streamOf(after) + 1))
                .mapTo(Long.class)
                .findOne()
                .map(OptionalLong::of)
                .orElse(OptionalLong.empty());
    }

    private static List<LoggedEvent> read(Handle handle, Set<UUID> projects, Range range, int limit) {
        return handle.createQuery(EventRows.WITH_ORIGIN + """
                        where e.log_offset > :after and e.log_offset <= :end and e.project_id = any(:projects)
                        order by e.log_offset limit :limit""")
                .bind("after", range.after())
                .bind("end", range.end())
                .bind("projects", uuids(projects))
                .bind("limit", limit)
                .map((row, context) -> EventRows.read(row))
                .list();
    }

    private static List<TimelineEntry> withReceipts(Handle handle, List<LoggedEvent> events) {
        Map<Long, List<Receipt>> receipts = new HashMap<>();
        events.stream()
                .collect(Collectors.groupingBy(event -> event.identity().projectId()))
                .forEach((project, own) -> receipts.putAll(new SelectReceipts(handle, project, own).read()));
        return events.stream()
                .map(event -> new TimelineEntry(event, receipts.getOrDefault(event.offset(), List.of())))
                .toList();
    }
}
