package dev.varve.eventlog;

import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.LoggedEvent;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// An event log for tests that passes [EventLogContract]. What it stores lives in its `Storage`, which plays the disk.
public final class InMemoryEventLog implements EventLog {
    /// What survives a restart.
    public static final class Storage {
        private final TreeMap<Long, LoggedEvent> events = new TreeMap<>();
        private final Set<Key> keys = new HashSet<>();
        private final Set<Long> orphans = new TreeSet<>();
        private long streams;
    }

    private record Key(String appId, String eventId) {
        static Key of(EventIdentity identity) {
            return new Key(identity.appId(), identity.eventId());
        }
    }

    private final Storage storage;
    private final long ownStream;
    private final List<Long> held = new ArrayList<>();
    private Consumer<List<LoggedEvent>> listener = logged -> {};
    private long next;
    private boolean closed;

    public InMemoryEventLog() {
        this(new Storage());
    }

    /// Opens a new stream and adopts those that closed logs left.
    public InMemoryEventLog(Storage storage) {
        this.storage = storage;
        synchronized (storage) {
            ownStream = ++storage.streams;
        }
        next = EventLog.firstOffset(ownStream) + 1;
        held.add(ownStream);
        adoptOrphans();
    }

    @Override
    public AppendResult append(EventBatch batch) {
        synchronized (storage) {
            if (closed) {
                throw new EventLogUnavailableException("the event log is closed");
            }
            BitSet duplicates = new BitSet();
            List<LoggedEvent> logged = new ArrayList<>();
            for (int i = 0; i < batch.events().size(); i++) {
                Event event = batch.events().get(i);
                if (storage.keys.add(Key.of(event.identity()))) {
                    logged.add(new LoggedEvent(next++, batch.receivedAt(), event));
                } else {
                    duplicates.set(i);
                }
            }
            logged.forEach(event -> storage.events.put(event.offset(), event));
            if (!logged.isEmpty()) {
                listener.accept(List.copyOf(logged));
            }
            return new AppendResult(logged.size(), duplicates);
        }
    }

    @Override
    public List<LoggedEvent> read(long stream, long after, int max) {
        synchronized (storage) {
            long from = Math.max(after, EventLog.firstOffset(stream));
            return untilFull(
                    storage
                            .events
                            .subMap(from, false, Math.max(from, EventLog.firstOffset(stream + 1)), false)
                            .values()
                            .stream()
                            .limit(max)
                            .toList());
        }
    }

    @Override
    public List<LoggedEvent> fetch(Set<EventRef> refs) {
        synchronized (storage) {
            Map<Long, EventRef> wanted = refs.stream().collect(Collectors.toMap(EventRef::offset, ref -> ref));
            return untilFull(storage.events.values().stream()
                    .filter(event -> wanted.containsKey(event.offset()))
                    .toList());
        }
    }

    private static List<LoggedEvent> untilFull(List<LoggedEvent> events) {
        long bytes = 0;
        int end = 0;
        while (end < events.size() && bytes < READ_BYTES) {
            bytes += events.get(end++).event().document().length;
        }
        return events.subList(0, end);
    }

    @Override
    public List<Long> heldStreams() {
        synchronized (storage) {
            return closed ? List.of() : List.copyOf(held);
        }
    }

    @Override
    public List<Long> ownStreams() {
        return List.of(ownStream);
    }

    @Override
    public void onCommitted(Consumer<List<LoggedEvent>> newListener) {
        synchronized (storage) {
            listener = newListener;
        }
    }

    /// Takes the streams of closed logs.
    public void adoptOrphans() {
        synchronized (storage) {
            held.addAll(storage.orphans);
            storage.orphans.clear();
        }
    }

    /// Ends the leases; the streams can be adopted now.
    public void close() {
        synchronized (storage) {
            closed = true;
            storage.orphans.addAll(held);
        }
    }
}
