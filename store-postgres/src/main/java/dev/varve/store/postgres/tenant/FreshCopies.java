package dev.varve.store.postgres.tenant;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/// Copies of rows in memory, never older than a second while the store answers. A hit allocates nothing.
///
/// A copy older than half a second is read anew by one caller while the others go on with it; one older than a
/// second by everybody who asks. When the store does not answer, an old copy is better than none: what depends on
/// it fails by itself. Absent rows are remembered too, so the number of entries is bounded. Thread-safe.
final class FreshCopies<K, V> {
    private static final long RENEW_AFTER = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long EXPIRE_AFTER = TimeUnit.MILLISECONDS.toNanos(900);
    private static final int MAX_ENTRIES = 100_000;

    private final Function<K, Optional<V>> load;
    private final LongSupplier nanoTime;
    private final ConcurrentHashMap<K, Copy<V>> copies = new ConcurrentHashMap<>();

    FreshCopies(Function<K, Optional<V>> load, LongSupplier nanoTime) {
        this.load = load;
        this.nanoTime = nanoTime;
    }

    private record Copy<V>(Optional<V> value, long readAt, AtomicBoolean renewing) {}

    Optional<V> find(K key) {
        Copy<V> copy = copies.get(key);
        if (copy == null) {
            return read(key).value;
        }
        long age = nanoTime.getAsLong() - copy.readAt;
        boolean fresh = age < RENEW_AFTER || (age < EXPIRE_AFTER && !copy.renewing.compareAndSet(false, true));
        return fresh ? copy.value : renew(key, copy);
    }

    void forget(Predicate<K> keys) {
        copies.keySet().removeIf(keys);
    }

    void forgetAll() {
        copies.clear();
    }

    private Optional<V> renew(K key, Copy<V> old) {
        try {
            return read(key).value;
        } catch (RuntimeException e) {
            old.renewing.set(false);
            return old.value;
        }
    }

    private Copy<V> read(K key) {
        long readAt = nanoTime.getAsLong();
        Copy<V> copy = new Copy<>(load.apply(key), readAt, new AtomicBoolean());
        if (copies.size() >= MAX_ENTRIES) {
            copies.values().removeIf(other -> readAt - other.readAt > EXPIRE_AFTER);
        }
        if (copies.size() < MAX_ENTRIES) {
            copies.put(key, copy);
        }
        return copy;
    }
}
