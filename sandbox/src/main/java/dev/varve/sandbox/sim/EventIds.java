package dev.varve.sandbox.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Which event ids came, per platform, pixel and event name, when first, and how often. Kept compactly (about 40
/// bytes for an id that is a UUID) because load tests send millions; at `capacity` the oldest are forgotten and
/// counted.
///
/// A ring of slots in order of first arrival, with an open-addressing index (linear probing, deletion by shifting
/// back). Not thread-safe: [EventStore] guards it.
final class EventIds {
    private static final int CHUNK = 1 << 14;
    private static final int MAX_STREAMS = 50_000;
    private static final int MAX_ID_LENGTH = 128;

    record Stream(SimPlatform platform, String pixelId, String eventName) {}

    interface Visitor {
        void id(Stream stream, String id, int received);
    }

    private record Key(long high, long low, @Nullable String text) {}

    private static final class Chunk {
        final long[] high = new long[CHUNK];
        final long[] low = new long[CHUNK];
        final long[] firstSecond = new long[CHUNK];
        final int[] stream = new int[CHUNK];
        final int[] received = new int[CHUNK];
        final boolean[] fromBrowser = new boolean[CHUNK];
        String @Nullable [] text;

        @Nullable
        String textAt(int place) {
            return text == null ? null : text[place];
        }
    }

    private final int capacity;
    private final List<Chunk> chunks = new ArrayList<>();
    private final Map<Stream, Integer> streamNumbers = new HashMap<>();
    private final List<Stream> streams = new ArrayList<>();
    private int[] index = new int[1 << 12];
    private long added;
    private int size;

    EventIds(int capacity) {
        this.capacity = Math.max(CHUNK, (capacity + CHUNK - 1) / CHUNK * CHUNK);
    }

    /// A number for the stream; past 50,000 streams the rest share one per platform.
    int stream(SimPlatform platform, String pixelId, String eventName) {
        Stream wanted = new Stream(platform, pixelId, eventName);
        if (streams.size() >= MAX_STREAMS && !streamNumbers.containsKey(wanted)) {
            wanted = new Stream(platform, "(other)", "(other)");
        }
        return streamNumbers.computeIfAbsent(wanted, stream -> {
            streams.add(stream);
            return streams.size() - 1;
        });
    }

    /// The slot of an id, or -1.
    int find(int stream, String id) {
        Key key = key(id);
        int mask = index.length - 1;
        for (int at = home(key.high, key.low, stream); index[at] != 0; at = (at + 1) & mask) {
            int slot = index[at] - 1;
            if (holds(slot, stream, key)) {
                return slot;
            }
        }
        return -1;
    }

    /// Adds an id that is not there yet, as received never.
    int add(int stream, String id, long second, boolean fromBrowser) {
        if (size == capacity) {
            forgetOldest();
        }
        if ((size + 1) * 2 > index.length) {
            grow();
        }
        int slot = (int) (added % capacity);
        added++;
        size++;
        if (slot / CHUNK == chunks.size()) {
            chunks.add(new Chunk());
        }
        fill(slot, stream, key(id), second, fromBrowser);
        insert(slot);
        return slot;
    }

    private void fill(int slot, int stream, Key key, long second, boolean fromBrowser) {
        Chunk chunk = chunk(slot);
        int place = slot % CHUNK;
        chunk.high[place] = key.high;
        chunk.low[place] = key.low;
        chunk.stream[place] = stream;
        chunk.received[place] = 0;
        chunk.firstSecond[place] = second;
        chunk.fromBrowser[place] = fromBrowser;
        if (key.text != null && chunk.text == null) {
            chunk.text = new String[CHUNK];
        }
        if (chunk.text != null) {
            chunk.text[place] = key.text;
        }
    }

    void received(int slot) {
        chunk(slot).received[slot % CHUNK]++;
    }

    long firstSecond(int slot) {
        return chunk(slot).firstSecond[slot % CHUNK];
    }

    boolean isFromBrowser(int slot) {
        return chunk(slot).fromBrowser[slot % CHUNK];
    }

    /// The dedup window begins anew.
    void restart(int slot, long second, boolean fromBrowser) {
        chunk(slot).firstSecond[slot % CHUNK] = second;
        chunk(slot).fromBrowser[slot % CHUNK] = fromBrowser;
    }

    int size() {
        return size;
    }

    long forgotten() {
        return added - size;
    }

    /// One past the last slot ever used; slots below it can be visited.
    int slots() {
        return (int) Math.min(added, capacity);
    }

    void visit(int slot, Visitor visitor) {
        Chunk chunk = chunk(slot);
        int place = slot % CHUNK;
        String text = chunk.textAt(place);
        String id = text != null ? text : new UUID(chunk.high[place], chunk.low[place]).toString();
        visitor.id(streams.get(chunk.stream[place]), id, chunk.received[place]);
    }

    private Chunk chunk(int slot) {
        return chunks.get(slot / CHUNK);
    }

    private boolean holds(int slot, int stream, Key key) {
        Chunk chunk = chunk(slot);
        int place = slot % CHUNK;
        return chunk.high[place] == key.high
                && chunk.low[place] == key.low
                && chunk.stream[place] == stream
                && java.util.Objects.equals(chunk.textAt(place), key.text);
    }

    private void insert(int slot) {
        Chunk chunk = chunk(slot);
        int place = slot % CHUNK;
        int at = home(chunk.high[place], chunk.low[place], chunk.stream[place]);
        while (index[at] != 0) {
            at = (at + 1) & (index.length - 1);
        }
        index[at] = slot + 1;
    }

    private int homeOf(int slot) {
        Chunk chunk = chunk(slot);
        int place = slot % CHUNK;
        return home(chunk.high[place], chunk.low[place], chunk.stream[place]);
    }

    private int home(long high, long low, int stream) {
        long mixed = (high ^ Long.rotateLeft(low, 31) ^ (stream * 0x9E3779B97F4A7C15L)) * 0xBF58476D1CE4E5B9L;
        mixed ^= mixed >>> 29;
        mixed *= 0x94D049BB133111EBL;
        return (int) (mixed ^ (mixed >>> 32)) & (index.length - 1);
    }

    private void grow() {
        index = new int[index.length * 2];
        for (long number = added - size; number < added; number++) {
            insert((int) (number % capacity));
        }
    }

    private void forgetOldest() {
        int slot = (int) ((added - size) % capacity);
        int mask = index.length - 1;
        int hole = homeOf(slot);
        while (index[hole] != slot + 1) {
            hole = (hole + 1) & mask;
        }
        for (int at = (hole + 1) & mask; index[at] != 0; at = (at + 1) & mask) {
            int home = homeOf(index[at] - 1);
            boolean mayMove = ((at - home) & mask) >= ((at - hole) & mask);
            if (mayMove) {
                index[hole] = index[at];
                hole = at;
            }
        }
        index[hole] = 0;
        size--;
    }

    private static Key key(String id) {
        if (id.length() == 36 && id.charAt(8) == '-') {
            try {
                UUID uuid = UUID.fromString(id);
                if (uuid.toString().equals(id)) {
                    return new Key(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits(), null);
                }
            } catch (IllegalArgumentException notUuid) {
                // kept as text
            }
        }
        String text = id.length() <= MAX_ID_LENGTH ? id : "sha256:" + Digest.hex(Digest.sha256(id));
        long hash = 0;
        for (int i = 0; i < text.length(); i++) {
            hash = hash * 0x100000001B3L + text.charAt(i);
        }
        return new Key(hash, text.length(), text);
    }

    void clear() {
        chunks.clear();
        streams.clear();
        streamNumbers.clear();
        index = new int[1 << 12];
        Arrays.fill(index, 0);
        added = 0;
        size = 0;
    }
}
