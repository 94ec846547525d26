package dev.varve.bench;

/// Counts durations in buckets that grow with the value: at most 3 % wrong, constant memory, no allocation per value.
/// Not thread-safe.
final class LatencyHistogram {
    private static final int SUB_BITS = 5;
    private static final int SUB_BUCKETS = 1 << SUB_BITS;

    private final long[] counts = new long[64 * SUB_BUCKETS];
    private long total;

    void record(long nanos) {
        counts[bucket(Math.max(0, nanos))]++;
        total++;
    }

    long count() {
        return total;
    }

    /// The value that this share (0 to 1) of all recorded values does not exceed, in milliseconds; 0 when empty.
    double millisAt(double share) {
        long wanted = (long) Math.ceil(share * total);
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= wanted && seen > 0) {
                return upperBound(i) / 1e6;
            }
        }
        return 0;
    }

    private static int bucket(long value) {
        if (value < SUB_BUCKETS) {
            return (int) value;
        }
        int shift = 63 - Long.numberOfLeadingZeros(value) - SUB_BITS;
        return ((shift + 1) << SUB_BITS) + (int) ((value >>> shift) & (SUB_BUCKETS - 1));
    }

    private static long upperBound(int bucket) {
        if (bucket < SUB_BUCKETS) {
            return bucket;
        }
        int shift = (bucket >>> SUB_BITS) - 1;
        long lower = (long) (SUB_BUCKETS + (bucket & (SUB_BUCKETS - 1))) << shift;
        return lower + (1L << shift) - 1;
    }
}
