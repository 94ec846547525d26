package dev.varve.store.postgres.timeline;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.instantOrNull;
import static dev.varve.store.postgres.tenant.Columns.longs;
import static dev.varve.store.postgres.tenant.Columns.text;
import static dev.varve.store.postgres.tenant.Columns.textList;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.delivery.ReceiptState;
import dev.varve.destination.SkipReason;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventLog;
import dev.varve.health.Receipt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/// The receipts of some events of one project: from the ledger where a row stands, else derived from how far the
/// relay has read. Needs a transaction whose statements see one moment.
final class SelectReceipts {
    private final Handle handle;
    private final UUID projectId;
    private final List<LoggedEvent> events;

    SelectReceipts(Handle handle, UUID projectId, List<LoggedEvent> events) {
        this.handle = handle;
        this.projectId = projectId;
        this.events = events;
    }

    private record Place(long offset, Platform platform) {}

    /// By log offset, in the order of `Platform`.
    Map<Long, List<Receipt>> read() {
        if (events.isEmpty()) {
            return Map.of();
        }
        Map<Place, Receipt> known = new HashMap<>(backlog());
        known.putAll(settled());
        Map<Long, Long> positions = positions();
        Map<Long, List<Receipt>> receipts = new HashMap<>();
        for (LoggedEvent event : events) {
            List<Receipt> both = new ArrayList<>();
            for (Platform platform : Platform.values()) {
                Receipt receipt = known.get(new Place(event.offset(), platform));
                both.add(receipt == null ? derived(event, platform, positions) : receipt);
            }
            receipts.put(event.offset(), both);
        }
        return receipts;
    }

    /// Nothing recorded: not read yet, or read while the destination was off. A stream without row is read to its end.
    private static Receipt derived(LoggedEvent event, Platform platform, Map<Long, Long> positions) {
        Long position = positions.get(EventLog.streamOf(event.offset()));
        if (position != null && event.offset() > position) {
            return new Receipt(platform, ReceiptState.PENDING, null, null, null, List.of());
        }
        return new Receipt(
                platform, ReceiptState.SKIPPED, SkipReason.DISABLED.wireName(), event.receivedAt(), null, List.of());
    }

    private Map<Place, Receipt> settled() {
        Map<Place, Receipt> receipts = new HashMap<>();
        handle.createQuery("""
                        select r.log_offset, r.platform, r.state, r.reason, r.at, r.notes, q.trace_id
                        from delivery_receipt r left join delivery_request q on q.id = r.request_id
                        where r.log_offset = any(:offsets) and r.occurred_at between :oldest and :newest""")
                .bind("offsets", longs(offsets()))
                .bind("oldest", at(occurred().first()))
                .bind("newest", at(occurred().last()))
                .map((row, context) -> {
                    Platform platform = Platform.values()[row.getInt("platform")];
                    return receipts.put(
                            new Place(row.getLong("log_offset"), platform),
                            new Receipt(
                                    platform,
                                    ReceiptState.values()[row.getInt("state")],
                                    text(row, "reason"),
                                    instant(row, "at"),
                                    text(row, "trace_id"),
                                    textList(row, "notes")));
                })
                .list();
        return receipts;
    }

    private Map<Place, Receipt> backlog() {
        Map<Place, Receipt> receipts = new HashMap<>();
        handle.createQuery("""
                        select b.log_offset, b.platform, b.attempts, coalesce(
                            (select max(q.at) from delivery_attempt a join delivery_request q on q.id = a.request_id
                             where a.log_offset = b.log_offset and a.platform = b.platform), b.first_attempt_at) tried_at
                        from delivery_backlog b
                        where b.project_id = :project and b.platform = any('{0,1}') and b.log_offset = any(:offsets)""")
                .bind("project", uuid(projectId))
                .bind("offsets", longs(offsets()))
                .map((row, context) -> {
                    Platform platform = Platform.values()[row.getInt("platform")];
                    boolean tried = row.getInt("attempts") > 0;
                    return receipts.put(
                            new Place(row.getLong("log_offset"), platform),
                            new Receipt(
                                    platform,
                                    tried ? ReceiptState.RETRYING : ReceiptState.PENDING,
                                    null,
                                    tried ? instantOrNull(row, "tried_at") : null,
                                    null,
                                    List.of()));
                })
                .list();
        return receipts;
    }

    private Map<Long, Long> positions() {
        Set<Long> streams =
                events.stream().map(event -> EventLog.streamOf(event.offset())).collect(Collectors.toSet());
        Map<Long, Long> positions = new HashMap<>();
        handle.createQuery("select stream, position from log_stream where stream = any(:streams)")
                .bind("streams", longs(streams))
                .map((row, context) -> positions.put(row.getLong("stream"), row.getLong("position")))
                .list();
        return positions;
    }

    private List<Long> offsets() {
        return events.stream().map(LoggedEvent::offset).toList();
    }

    private TreeSet<Instant> occurred() {
        return events.stream().map(event -> event.event().occurredAt()).collect(Collectors.toCollection(TreeSet::new));
    }
}
