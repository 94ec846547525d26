package dev.varve.delivery;

import dev.varve.destination.Connector;
import dev.varve.event.Platform;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/// What all lanes of one platform share in this process. By platform, so that one that hangs leaves the others theirs.
final class PlatformLimits {
    /// Lanes that flow with a request on its way; bounds sockets. So many destinations may hang at the same moment
    /// before a healthy one has to wait; the bytes they hold are bounded by the memory budget.
    private static final int FLOWING_LANES = 512;

    /// Second and further requests of lanes at a time: a lane that hangs does not get them.
    private static final int FURTHER_REQUESTS = 128;

    /// The same for lanes that only try whether their platform is back: dead destinations, however many, take none of
    /// the permits of those that work.
    private static final int TRIAL_REQUESTS = 32;

    private final Semaphore firsts = new Semaphore(FLOWING_LANES);
    private final Semaphore further = new Semaphore(FURTHER_REQUESTS);
    private final Semaphore trials = new Semaphore(TRIAL_REQUESTS);
    final PlatformRate rate;

    private PlatformLimits(PlatformRate rate) {
        this.rate = rate;
    }

    Semaphore permits(DestinationLane lane) {
        if (!lane.isFlowing()) {
            return trials;
        }
        return lane.hasRequests() ? further : firsts;
    }

    /// Also for probes.
    Semaphore trials() {
        return trials;
    }

    /// The limits of every platform. Thread-safe.
    static final class All {
        private final Map<Platform, PlatformLimits> limits = new ConcurrentHashMap<>();

        PlatformLimits of(Connector connector) {
            return limits.computeIfAbsent(
                    connector.platform(),
                    platform -> new PlatformLimits(
                            new PlatformRate(connector.limits().rate().perSecond())));
        }
    }
}
