package dev.varve.sandbox.sim;

import java.time.InstantSource;

/// What magic tokens need to remember between requests. Keyed by hashes, so no token is kept. Thread-safe.
public final class MagicMemory {
    private static final int LIMIT = 10_000;
    private static final int BLIPS_PER_MINUTE = 2;
    private static final int THROTTLE_EVERY = 3;

    private record Minute(long minute, int requests) {}

    /// `granted`: whether the request that made this state was allowed.
    private record Bucket(double level, long atMillis, boolean granted) {
        static final Bucket UNUSED = new Bucket(Double.MAX_VALUE, 0, true);

        Bucket next(long now, int perSecond) {
            double refill = Math.max(0, now - atMillis) / 1000.0 * perSecond;
            double filled = Math.min(perSecond, level + refill);
            return filled >= 1 ? new Bucket(filled - 1, now, true) : new Bucket(filled, now, false);
        }
    }

    private final InstantSource clock;
    private final BoundedMap<Minute> minutes = new BoundedMap<>(LIMIT, new Minute(Long.MIN_VALUE, 0));
    private final BoundedMap<Integer> turns = new BoundedMap<>(LIMIT, 0);
    private final BoundedMap<Bucket> buckets = new BoundedMap<>(LIMIT, Bucket.UNUSED);

    MagicMemory(InstantSource clock) {
        this.clock = clock;
    }

    /// `sbx_blip`: true for the first 2 requests of each minute with this token to this object.
    public boolean isBlipping(SimPlatform platform, String token, String object) {
        long minute = clock.instant().getEpochSecond() / 60;
        Minute now = minutes.update(
                key(platform, token, object),
                before -> before.minute == minute ? new Minute(minute, before.requests + 1) : new Minute(minute, 1));
        return now.requests <= BLIPS_PER_MINUTE;
    }

    /// `sbx_throttle`: true for every third request.
    public boolean isThrottled(SimPlatform platform, String token, String object) {
        return turns.update(key(platform, token, object), turn -> turn + 1) % THROTTLE_EVERY == 0;
    }

    /// Takes one request from the token's bucket of `perSecond`; false when it is empty.
    public boolean allows(SimPlatform platform, String token, int perSecond) {
        long now = clock.instant().toEpochMilli();
        return buckets.update(key(platform, token, ""), before -> before.next(now, perSecond)).granted;
    }

    private static String key(SimPlatform platform, String token, String object) {
        return platform.shortName() + ' ' + Digest.fingerprint(token) + ' ' + object;
    }

    void clear() {
        minutes.clear();
        turns.clear();
        buckets.clear();
    }
}
