package dev.varve.collect;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/// Makes ids for events that came without one: version 4 UUIDs. They are no secrets, but no two may meet, not
/// even those of two processes, or of one before and after a restart.
///
/// A counter, mixed with two keys that every process draws anew: 128 bits of strong randomness once, and no lock,
/// system call or generator per thread on the way of an event. Ids of two processes would meet only where both
/// keys differ by the same number of steps.
final class EventIds {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final long HIGH_KEY = RANDOM.nextLong();
    private static final long LOW_KEY = RANDOM.nextLong();
    private static final long HIGH_STEP = 0x9E3779B97F4A7C15L;
    private static final long LOW_STEP = 0xD1B54A32D192ED03L;
    private static final AtomicLong COUNT = new AtomicLong();

    private EventIds() {}

    static String next() {
        long count = COUNT.getAndIncrement();
        long high = mixed(HIGH_KEY + count * HIGH_STEP) & ~0xF000L | 0x4000L;
        long low = mixed(LOW_KEY + count * LOW_STEP) & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }

    /// Every bit of the result depends on every bit of the number; different numbers give different results.
    private static long mixed(long number) {
        long mixed = (number ^ number >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }
}
