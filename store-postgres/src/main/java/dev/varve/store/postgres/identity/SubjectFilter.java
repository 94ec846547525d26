package dev.varve.store.postgres.identity;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLongArray;

/// A Bloom filter of subjects, 2 MiB: who was never added is nearly always known not to be in it (of a million
/// subjects one in a hundred is mistaken). Nothing is ever taken out. Thread-safe.
final class SubjectFilter {
    private static final int BITS = 1 << 24;
    private static final int PROBES = 5;

    private final AtomicLongArray words = new AtomicLongArray(BITS / Long.SIZE);
    private volatile boolean isEmpty = true;

    boolean isEmpty() {
        return isEmpty;
    }

    void add(SubjectKey key) {
        for (int i = 0; i < PROBES; i++) {
            int bit = bit(key, i);
            words.getAndAccumulate(bit / Long.SIZE, 1L << bit % Long.SIZE, (a, b) -> a | b);
        }
        isEmpty = false;
    }

    boolean mayContain(SubjectKey key) {
        for (int i = 0; i < PROBES; i++) {
            int bit = bit(key, i);
            if ((words.get(bit / Long.SIZE) & 1L << bit % Long.SIZE) == 0) {
                return false;
            }
        }
        return true;
    }

    /// A subject's key is a hash already; its halves make as many places as are wanted.
    private static int bit(SubjectKey key, int probe) {
        UUID subject = key.subject();
        long project = key.project().getMostSignificantBits() ^ key.project().getLeastSignificantBits();
        long mixed = (subject.getMostSignificantBits() ^ project) + probe * (subject.getLeastSignificantBits() | 1);
        return (int) (mixed >>> 40) & BITS - 1;
    }
}
