package dev.varve.store.postgres.tenant;

import dev.varve.eventlog.EventLogUnavailableException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import java.util.function.Predicate;

/// Copies of rows in memory, never older than a second while the store answers. A hit allocates nothing.
///
/// A copy is as old as the last moment at which it is known to hold: that of its reading, or of a later look at
/// [TenantChanges] that left it in place. While those looks succeed, rows that do not change are not read anew, but for
/// once in five minutes, in case a change was noted by nobody.
///
/// A copy older than half a second is read anew by one caller while the others go on with it; one older than a
/// second is waited for by everybody who asks. All who wait share one reading. When the store does not answer, within a
/// second of being asked, an old copy is better than none: what depends on it fails by itself. Absent rows are
/// remembered too, so the number of entries is bounded, and what nobody asks for is dropped. Thread-safe.
final class FreshCopies<K, V> {
    private static final long RENEW_AFTER = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long EXPIRE_AFTER = TimeUnit.MILLISECONDS.toNanos(900);
    private static final long READ_ANEW_AFTER = TimeUnit.MINUTES.toNanos(5);
    /// Those of one moment are not read anew in one moment.
    private static final long SPREAD = TimeUnit.MINUTES.toNanos(1);

    /// One that is asked for is read anew before.
    private static final long DROP_AFTER = TimeUnit.MINUTES.toNanos(6);
    private static final long TIDY_EVERY = TimeUnit.MINUTES.toNanos(1);
    private static final Duration RENEWAL_WAIT = Duration.ofSeconds(1);
    private static final Duration FIRST_WAIT = Duration.ofSeconds(5);
    private static final int MAX_ENTRIES = 100_000;

    private final Function<K, Optional<V>> load;
    private final LongSupplier nanoTime;
    private final LongUnaryOperator heldAt;
    private final ConcurrentHashMap<K, Copy<V>> copies = new ConcurrentHashMap<>();
    /// Under way. One that is forgotten here still answers those who wait for it, and leaves no copy.
    private final ConcurrentHashMap<K, Reading<V>> readings = new ConcurrentHashMap<>();

    private volatile long tidiedAt;

    FreshCopies(Function<K, Optional<V>> load, TenantChanges changes) {
        this(load, changes.nanoTime(), changes::heldAt);
    }

    /// `heldAt`: the last moment as of which a copy from another moment is known to hold.
    FreshCopies(Function<K, Optional<V>> load, LongSupplier nanoTime, LongUnaryOperator heldAt) {
        this.load = load;
        this.nanoTime = nanoTime;
        this.heldAt = heldAt;
        this.tidiedAt = nanoTime.getAsLong();
    }

    private record Copy<V>(Optional<V> value, long readAt, long readAnewAt, AtomicBoolean renewing) {
        static <V> Copy<V> of(Optional<V> value, long readAt) {
            long spread = ThreadLocalRandom.current().nextLong(SPREAD);
            return new Copy<>(value, readAt, readAt + READ_ANEW_AFTER - spread, new AtomicBoolean());
        }
    }

    /// `startedAt`: by the real clock, as nobody waits on another.
    private record Reading<V>(CompletableFuture<Optional<V>> value, long startedAt) {
        static <V> Reading<V> begin() {
            return new Reading<>(new CompletableFuture<>(), System.nanoTime());
        }

        /// Waits until `patience` after the start; long under way, it costs the next who asks no time.
        Optional<V> await(Duration patience) throws InterruptedException, ExecutionException, TimeoutException {
            long left = patience.toNanos() - (System.nanoTime() - startedAt);
            return value.get(Math.max(0, left), TimeUnit.NANOSECONDS);
        }
    }

    Optional<V> find(K key) {
        Copy<V> copy = copies.get(key);
        if (copy == null) {
            return first(key);
        }
        long now = nanoTime.getAsLong();
        long age = now - heldAt.applyAsLong(copy.readAt);
        boolean fresh = age < RENEW_AFTER && now - copy.readAnewAt < 0;
        boolean usable = fresh || (age < EXPIRE_AFTER && !copy.renewing.compareAndSet(false, true));
        return usable ? copy.value : renew(key, copy);
    }

    /// Readings first: one that ends meanwhile is a copy by then.
    void forget(Predicate<K> keys) {
        readings.keySet().removeIf(keys);
        copies.keySet().removeIf(keys);
    }

    /// Those with such a value or none, and all readings under way, as their values are not known yet.
    void forgetValues(Predicate<V> values) {
        readings.clear();
        copies.values().removeIf(copy -> copy.value.isEmpty() || values.test(copy.value.get()));
    }

    /// Drops what nobody asked for, at times.
    void tidy() {
        long now = nanoTime.getAsLong();
        if (now - tidiedAt >= TIDY_EVERY) {
            tidiedAt = now;
            copies.values().removeIf(copy -> now - copy.readAt >= DROP_AFTER);
        }
    }

    int size() {
        return copies.size();
    }

    private Optional<V> first(K key) {
        try {
            return reading(key).await(FIRST_WAIT);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("a row could not be read", e);
        } catch (TimeoutException e) {
            throw new EventLogUnavailableException("the store does not answer in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EventLogUnavailableException("interrupted while a row was read", e);
        }
    }

    private Optional<V> renew(K key, Copy<V> old) {
        try {
            return reading(key).await(RENEWAL_WAIT);
        } catch (ExecutionException | TimeoutException e) {
            return old.value;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return old.value;
        } finally {
            old.renewing.set(false);
        }
    }

    private Reading<V> reading(K key) {
        Reading<V> mine = Reading.begin();
        Reading<V> present = readings.putIfAbsent(key, mine);
        if (present != null) {
            return present;
        }
        Thread.ofVirtual().name("fresh-copy").start(() -> read(key, mine));
        return mine;
    }

    private void read(K key, Reading<V> reading) {
        long readAt = nanoTime.getAsLong();
        try {
            Optional<V> value = load.apply(key);
            readings.computeIfPresent(key, (_, present) -> {
                if (present != reading) {
                    return present;
                }
                keep(key, Copy.of(value, readAt));
                return null;
            });
            reading.value.complete(value);
        } catch (Throwable e) {
            readings.remove(key, reading);
            reading.value.completeExceptionally(e);
        }
    }

    private void keep(K key, Copy<V> copy) {
        if (copies.size() >= MAX_ENTRIES) {
            copies.values().removeIf(other -> other.value.isEmpty() && copy.readAt - other.readAt > EXPIRE_AFTER);
        }
        if (copies.size() >= MAX_ENTRIES) {
            copies.values().removeIf(other -> copy.readAt - other.readAt > EXPIRE_AFTER);
        }
        if (copies.size() < MAX_ENTRIES) {
            copies.put(key, copy);
        }
    }
}
