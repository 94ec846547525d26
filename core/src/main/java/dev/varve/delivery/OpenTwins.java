package dev.varve.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// The events of shared pixels that this process has on their way, and those it has just forwarded, which the ledger
/// may not know yet. Bounded: when there are too many the oldest is forgotten, and the platform merges the
/// pair. The same goes for a pair of which two processes have one each at the same moment. Thread-safe.
final class OpenTwins {
    static final int LIMIT = 50_000;

    /// An event that is on its way for so long has been dropped from its lane without a word.
    static final Duration HOLD = Duration.ofMinutes(10);

    enum Verdict {
        /// The caller's event holds the key now and goes on.
        FIRST,
        /// The other is on its way: whether it arrives is not known yet.
        WAIT,
        /// The other was forwarded.
        DUPLICATE
    }

    private record Holder(long offset, Instant since, boolean isForwarded) {}

    private final Map<Twin.Key, Holder> holders = new LinkedHashMap<>();

    /// Takes the key for the event unless another has it.
    synchronized Verdict take(Twin.Key key, long offset, Instant now) {
        Holder holder = holders.get(key);
        if (holder != null && holder.offset() != offset) {
            if (holder.isForwarded() && holder.since().plus(Twin.WINDOW).isAfter(now)) {
                return Verdict.DUPLICATE;
            }
            if (!holder.isForwarded() && holder.since().plus(HOLD).isAfter(now)) {
                return Verdict.WAIT;
            }
        }
        put(key, new Holder(offset, now, false));
        return Verdict.FIRST;
    }

    synchronized void forwarded(Twin.Key key, long offset, Instant at) {
        put(key, new Holder(offset, at, true));
    }

    /// The event ended otherwise, or waits in the ledger: the other may go first.
    synchronized void release(Twin.Key key, long offset) {
        Holder holder = holders.get(key);
        if (holder != null && holder.offset() == offset && !holder.isForwarded()) {
            holders.remove(key);
        }
    }

    private void put(Twin.Key key, Holder holder) {
        holders.remove(key);
        holders.put(key, holder);
        if (holders.size() > LIMIT) {
            holders.remove(holders.keySet().iterator().next());
        }
    }
}
