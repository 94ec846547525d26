package dev.varve.collect;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/// Makes ids for events that came without one.
final class EventIds {
    private EventIds() {}

    /// A version 7 UUID: milliseconds and 74 random bits, so that restarts and processes do not meet.
    static String next(long epochMillis) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = epochMillis << 16 | 0x7000L | random.nextLong() & 0xFFFL;
        long low = random.nextLong() & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }
}
