package dev.varve.store.postgres.log;

import dev.varve.event.Event;
import dev.varve.event.LoggedEvent;
import dev.varve.event.RequestOrigin;
import dev.varve.eventlog.AppendResult;
import dev.varve.eventlog.EventBatch;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/// One request on its way into the log: its rows are encoded on the request's thread, complete but for the offsets,
/// which the writer fills in at fixed places of each row.
final class PendingAppend {
    static final String EVENT_COLUMNS = "log_offset, origin_offset, occurred_at, received_at, project_id, app_id,"
            + " event_id, name, source, synthetic, environment, platform, user_id, install_id, session_id,"
            + " consent_analytics, consent_advertising, document";
    static final String ORIGIN_COLUMNS = "origin_offset, received_at, ip, user_agent";
    static final String KEY_COLUMNS = "key, log_offset, occurred_at";
    private static final int EVENT_FIELDS = 18;
    private static final int OFFSET_AT = 2 + 4;
    private static final int ORIGIN_OFFSET_AT = OFFSET_AT + 8 + 4;
    private static final int NO_ORIGIN = -1;
    private static final long DUPLICATE = -1;

    private enum State {
        QUEUED,
        TAKEN,
        ABANDONED
    }

    private final EventBatch batch;
    private final EventKey[] keys;
    private final byte[] rows;
    private final int[] rowEnds;
    private final int[] originOf;
    private final byte[] origins;
    private final int[] originEnds;
    private final long[] offsets;
    private final long queuedNanos = System.nanoTime();
    private final CompletableFuture<AppendResult> answer = new CompletableFuture<>();
    private final AtomicReference<State> state = new AtomicReference<>(State.QUEUED);

    /// @throws IllegalArgumentException for a text or time that PostgreSQL cannot store
    PendingAppend(EventBatch batch) {
        this.batch = batch;
        List<Event> events = batch.events();
        keys = keys(events);
        rowEnds = new int[events.size()];
        originOf = new int[events.size()];
        offsets = new long[events.size()];
        List<RequestOrigin> distinct = distinctOrigins(events);
        originEnds = new int[distinct.size()];
        origins = encodeOrigins(distinct);
        rows = encodeEvents(events);
    }

    int events() {
        return offsets.length;
    }

    int bytes() {
        return rows.length + origins.length + 64 * offsets.length;
    }

    /// When the request came, on `System.nanoTime()`'s scale.
    long queuedNanos() {
        return queuedNanos;
    }

    CompletableFuture<AppendResult> answer() {
        return answer;
    }

    /// The writer's claim; false when the request has given up waiting.
    boolean take() {
        return state.compareAndSet(State.QUEUED, State.TAKEN);
    }

    /// The request's withdrawal; false when the writer already works on it.
    boolean abandon() {
        return state.compareAndSet(State.QUEUED, State.ABANDONED);
    }

    /// Gives offsets from `next` on to all events whose key is not in `seen` yet; returns the next free offset.
    long number(long next, Set<EventKey> seen) {
        long free = next;
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = seen.add(keys[i]) ? free++ : DUPLICATE;
        }
        return free;
    }

    /// Marks everything as duplicate whose key is not in `fresh`.
    void keepOnly(Set<EventKey> fresh) {
        for (int i = 0; i < offsets.length; i++) {
            if (!fresh.contains(keys[i])) {
                offsets[i] = DUPLICATE;
            }
        }
    }

    void eachNew(NewEvent visitor) {
        for (int i = 0; i < offsets.length; i++) {
            if (offsets[i] != DUPLICATE) {
                visitor.visit(keys[i], offsets[i], batch.events().get(i));
            }
        }
    }

    void copyEvents(CopyBuffer target) {
        long[] originOffsets = originOffsets();
        for (int i = 0; i < offsets.length; i++) {
            if (offsets[i] != DUPLICATE) {
                int at = target.size();
                target.raw(rows, i == 0 ? 0 : rowEnds[i - 1], rowEnds[i]);
                target.overwriteLong(at + OFFSET_AT, offsets[i]);
                if (originOf[i] != NO_ORIGIN) {
                    target.overwriteLong(at + ORIGIN_OFFSET_AT, originOffsets[originOf[i]]);
                }
            }
        }
    }

    void copyOrigins(CopyBuffer target) {
        long[] originOffsets = originOffsets();
        for (int i = 0; i < originOffsets.length; i++) {
            if (originOffsets[i] != DUPLICATE) {
                int at = target.size();
                target.raw(origins, i == 0 ? 0 : originEnds[i - 1], originEnds[i]);
                target.overwriteLong(at + OFFSET_AT, originOffsets[i]);
            }
        }
    }

    void addLogged(List<LoggedEvent> target) {
        eachNew((key, offset, event) -> target.add(new LoggedEvent(offset, batch.receivedAt(), event)));
    }

    void succeed() {
        BitSet duplicates = new BitSet(offsets.length);
        for (int i = 0; i < offsets.length; i++) {
            duplicates.set(i, offsets[i] == DUPLICATE);
        }
        answer.complete(new AppendResult(offsets.length - duplicates.cardinality(), duplicates));
    }

    /// An origin is stored under the offset of its first new event.
    private long[] originOffsets() {
        long[] result = new long[originEnds.length];
        java.util.Arrays.fill(result, DUPLICATE);
        for (int i = offsets.length - 1; i >= 0; i--) {
            if (originOf[i] != NO_ORIGIN && offsets[i] != DUPLICATE) {
                result[originOf[i]] = offsets[i];
            }
        }
        return result;
    }

    private static EventKey[] keys(List<Event> events) {
        MessageDigest sha256 = EventKey.sha256();
        return events.stream()
                .map(event -> EventKey.of(sha256, event.identity()))
                .toArray(EventKey[]::new);
    }

    private List<RequestOrigin> distinctOrigins(List<Event> events) {
        List<RequestOrigin> distinct = new ArrayList<>(1);
        Map<RequestOrigin, Integer> index = new HashMap<>(2);
        for (int i = 0; i < events.size(); i++) {
            RequestOrigin origin = events.get(i).origin();
            originOf[i] = NO_ORIGIN;
            if (!origin.isEmpty()) {
                originOf[i] = index.computeIfAbsent(origin, o -> {
                    distinct.add(o);
                    return distinct.size() - 1;
                });
            }
        }
        return distinct;
    }

    private byte[] encodeOrigins(List<RequestOrigin> distinct) {
        CopyBuffer out = new CopyBuffer(distinct.size() * 256);
        for (int i = 0; i < distinct.size(); i++) {
            RequestOrigin origin = distinct.get(i);
            out.row(4).bigint(0).timestamp(batch.receivedAt()).text(origin.ip()).text(origin.userAgent());
            originEnds[i] = out.size();
        }
        return out.toBytes();
    }

    private byte[] encodeEvents(List<Event> events) {
        CopyBuffer out = new CopyBuffer(events.size() * 768);
        for (int i = 0; i < events.size(); i++) {
            encode(out, events.get(i), originOf[i] != NO_ORIGIN);
            rowEnds[i] = out.size();
        }
        return out.toBytes();
    }

    private void encode(CopyBuffer out, Event event, boolean hasOrigin) {
        out.row(EVENT_FIELDS).bigint(0);
        if (hasOrigin) {
            out.bigint(0);
        } else {
            out.nothing();
        }
        out.timestamp(event.occurredAt())
                .timestamp(batch.receivedAt())
                .uuid(event.identity().projectId())
                .text(event.identity().appId())
                .text(event.identity().eventId())
                .text(event.identity().name())
                .smallint(event.source().ordinal())
                .bool(event.synthetic())
                .text(event.sender().environment())
                .text(event.sender().platform())
                .text(event.sender().userId())
                .text(event.sender().installId())
                .text(event.sender().sessionId())
                .bool(event.consent().analytics())
                .bool(event.consent().advertising())
                .bytea(event.document());
    }

    interface NewEvent {
        void visit(EventKey key, long offset, Event event);
    }
}
