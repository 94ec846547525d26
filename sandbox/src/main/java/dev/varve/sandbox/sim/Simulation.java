package dev.varve.sandbox.sim;

import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/// Everything that the simulated platforms and the control routes share. Thread-safe.
public final class Simulation {
    private final Predicate<String> knownPixels;
    private final Set<String> acceptedTokens;
    private final Bounds bounds;
    private final SimClock clock;
    private final Switches switches = new Switches();
    private final FaultScript faults = new FaultScript();
    private final Counters counters = new Counters();
    private final EventStore store;
    private final MagicMemory magic;
    private final BoundedLog<ReceivedRequest> requests;
    private final AtomicLong traces = new AtomicLong();
    private final AtomicLong redirectHits = new AtomicLong();

    public Simulation(InstantSource source, Predicate<String> knownPixels, Set<String> acceptedTokens, Bounds bounds) {
        this.knownPixels = knownPixels;
        this.acceptedTokens = Set.copyOf(acceptedTokens);
        this.bounds = bounds;
        this.clock = new SimClock(source);
        this.store = new EventStore(clock, counters, bounds);
        this.magic = new MagicMemory(clock);
        this.requests = new BoundedLog<>(bounds.requests(), bounds.requestBytes(), ReceivedRequest::weight);
    }

    public boolean knowsPixel(String id) {
        return knownPixels.test(id);
    }

    public MagicToken token(String token) {
        return MagicToken.of(token, acceptedTokens);
    }

    public Bounds bounds() {
        return bounds;
    }

    public SimClock clock() {
        return clock;
    }

    public Switches switches() {
        return switches;
    }

    public FaultScript faults() {
        return faults;
    }

    public Counters counters() {
        return counters;
    }

    public EventStore store() {
        return store;
    }

    public MagicMemory magic() {
        return magic;
    }

    public BoundedLog<ReceivedRequest> requests() {
        return requests;
    }

    public AtomicLong redirectHits() {
        return redirectHits;
    }

    /// 32 bytes that differ for every request, made of a counter and the body, so that a run can be repeated.
    public byte[] trace(byte[] body) {
        byte[] number = Long.toString(traces.incrementAndGet()).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        return Digest.sha256(number, body);
    }

    public long tracesGiven() {
        return traces.get();
    }

    /// Back to the state after start.
    public void reset() {
        clock.reset();
        switches.reset();
        faults.reset();
        counters.clear();
        store.clear();
        magic.clear();
        requests.clear();
        traces.set(0);
        redirectHits.set(0);
    }
}
