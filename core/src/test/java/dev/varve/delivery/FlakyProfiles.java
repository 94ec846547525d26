package dev.varve.delivery;

import dev.varve.identity.KnownIds;
import dev.varve.identity.KnownIds.Seen;
import dev.varve.identity.Profiles;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// Profiles in memory that fail when the test says.
final class FlakyProfiles implements Profiles {
    private final Map<Subject, KnownIds> known = new HashMap<>();
    private final AtomicInteger failingFinds = new AtomicInteger();
    private final AtomicInteger failingRemembers = new AtomicInteger();
    private int finds;
    private int remembers;
    /// Runs before every look-up, which waits for it.
    volatile Runnable onFind = () -> {};

    @Override
    public Map<Subject, KnownIds> find(Set<Subject> subjects, Instant now) {
        onFind.run();
        return found(subjects, now);
    }

    private synchronized Map<Subject, KnownIds> found(Set<Subject> subjects, Instant now) {
        fail(failingFinds);
        finds++;
        Map<Subject, KnownIds> found = new HashMap<>();
        for (Subject subject : subjects) {
            KnownIds ids = known.getOrDefault(subject, KnownIds.NONE).asOf(now);
            if (!ids.isEmpty()) {
                found.put(subject, ids);
            }
        }
        return found;
    }

    @Override
    public synchronized void remember(Map<Subject, Map<String, Seen>> seen) {
        fail(failingRemembers);
        remembers++;
        seen.forEach((subject, ids) -> known.merge(subject, KnownIds.of(ids), KnownIds::merge));
    }

    @Override
    public synchronized void describe(Subject user, Description description) {
        known.merge(user, new KnownIds(Map.of(), description.match()), (before, added) -> added.merge(before));
    }

    private static void fail(AtomicInteger times) {
        if (times.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            throw new IllegalStateException("as the test says");
        }
    }

    // What tests ask

    void failFinds(int times) {
        failingFinds.set(times);
    }

    void failRemembers(int times) {
        failingRemembers.set(times);
    }

    synchronized int finds() {
        return finds;
    }

    synchronized int remembers() {
        return remembers;
    }

    synchronized KnownIds of(Subject subject) {
        return known.getOrDefault(subject, KnownIds.NONE);
    }
}
