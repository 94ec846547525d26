package dev.varve.store.postgres.tenant;

import dev.varve.tenant.ApiKeys;
import dev.varve.tenant.KeyMint;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// API keys for authentication, from memory. A copy is never older than a second: when it cannot be read anew the
/// look-up fails, as a revoked key must not live on because the store is away. Thread-safe.
///
/// `refresh`, to be called every few tenths of a second, reads all keys of the last five minutes anew with one query,
/// so that no request with such a key asks the store.
public final class CachedApiKeys implements ApiKeys {
    private static final long EXPIRE_AFTER = TimeUnit.MILLISECONDS.toNanos(900);
    private static final long FORGET_AFTER = TimeUnit.MINUTES.toNanos(5);
    private static final Duration USE_WRITTEN_EVERY = Duration.ofMinutes(1);
    private static final int MAX_ENTRIES = 50_000;

    private final PostgresApiKeys stored;
    private final LongSupplier nanoTime;
    private final ConcurrentHashMap<String, Copy> copies = new ConcurrentHashMap<>();
    private final AtomicLong changes = new AtomicLong();
    private final ConcurrentHashMap<UUID, Instant> written = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<UUID, Instant> unwritten = new ConcurrentHashMap<>();

    public CachedApiKeys(PostgresApiKeys stored) {
        this(stored, System::nanoTime);
    }

    CachedApiKeys(PostgresApiKeys stored, LongSupplier nanoTime) {
        this.stored = stored;
        this.nanoTime = nanoTime;
    }

    /// `change`: how many changes were known before the row was read. `askedAt` is when somebody last wanted it.
    private record Copy(Optional<StoredKey> value, long change, long readAt, AtomicLong askedAt) {}

    @Override
    public void insert(KeyMint.MintedKey minted) {
        stored.insert(minted);
        changed();
    }

    @Override
    public Optional<StoredKey> find(String keyId) {
        long now = nanoTime.getAsLong();
        Copy copy = copies.get(keyId);
        if (copy != null && copy.change == changes.get() && now - copy.readAt < EXPIRE_AFTER) {
            copy.askedAt.set(now);
            return copy.value;
        }
        return read(keyId, now);
    }

    private Optional<StoredKey> read(String keyId, long now) {
        long change = changes.get();
        Optional<StoredKey> value = stored.find(keyId);
        if (copies.size() >= MAX_ENTRIES) {
            copies.values().removeIf(copy -> now - copy.readAt >= EXPIRE_AFTER);
        }
        if (copies.size() < MAX_ENTRIES) {
            copies.put(keyId, new Copy(value, change, now, new AtomicLong(now)));
        }
        return value;
    }

    /// Copies from before a change count as expired, whoever reads them at this moment.
    @Override
    public void changed() {
        changes.incrementAndGet();
    }

    /// Reads the keys in use anew and forgets the others.
    public void refresh() {
        long change = changes.get();
        long now = nanoTime.getAsLong();
        copies.values()
                .removeIf(copy -> now - copy.askedAt.get() > FORGET_AFTER
                        || (copy.value.isEmpty() && now - copy.readAt >= EXPIRE_AFTER));
        List<String> known = copies.entrySet().stream()
                .filter(entry -> entry.getValue().value.isPresent())
                .map(Map.Entry::getKey)
                .toList();
        if (known.isEmpty()) {
            return;
        }
        Map<String, StoredKey> found = stored.find(known);
        known.forEach(keyId -> copies.computeIfPresent(
                keyId, (_, old) -> new Copy(Optional.ofNullable(found.get(keyId)), change, now, old.askedAt)));
    }

    @Override
    public void used(UUID id, Instant now) {
        Instant last = written.get(id);
        if (last == null || !now.isBefore(last.plus(USE_WRITTEN_EVERY))) {
            unwritten.put(id, now);
        }
    }

    /// Writes down which keys were used since the last time, each at most once a minute.
    public void writeUse() {
        Map<UUID, Instant> moments = new HashMap<>(unwritten);
        if (moments.isEmpty()) {
            return;
        }
        if (written.size() >= MAX_ENTRIES) {
            written.clear();
        }
        written.putAll(moments);
        moments.forEach(unwritten::remove);
        stored.recordUse(moments);
    }
}
