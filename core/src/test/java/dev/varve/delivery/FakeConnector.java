package dev.varve.delivery;

import dev.varve.destination.Answer;
import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.Candidate;
import dev.varve.destination.Connector;
import dev.varve.destination.Destination;
import dev.varve.destination.MatchQuality;
import dev.varve.destination.PlatformCounts;
import dev.varve.destination.Preparation;
import dev.varve.destination.PreparedEvent;
import dev.varve.destination.ProbeResult;
import dev.varve.event.Event;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.identity.KnownIds;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/// A platform that answers as the test says.
final class FakeConnector implements Connector {
    private final Platform platform;
    private final InstantSource clock;
    final List<List<String>> requests = Collections.synchronizedList(new ArrayList<>());
    volatile Function<List<PreparedEvent>, AttemptOutcome> behaviour;
    volatile Supplier<ProbeResult> probeAnswer;
    volatile Runnable onProbe = () -> {};
    volatile Limits limits =
            new Limits(1000, 200, 1 << 20, 4, Duration.ofSeconds(10), new Rate(0, List.of(Duration.ofMinutes(1))));
    /// The event id that mapping cannot cope with.
    volatile String poison = "";
    /// Names of events that go nowhere.
    volatile Set<String> unmapped = Set.of();
    /// Event ids of requests that were answered with a delivery.
    final List<String> delivered = Collections.synchronizedList(new ArrayList<>());

    /// Event ids in the order in which they were prepared first.
    final Set<String> prepared = Collections.synchronizedSet(new LinkedHashSet<>());

    /// What each event was prepared with last, by event id.
    final Map<String, KnownIds> known = new ConcurrentHashMap<>();

    FakeConnector(Platform platform, InstantSource clock) {
        this.platform = platform;
        this.clock = clock;
        this.behaviour = events -> delivered(events.size());
        this.probeAnswer = () -> new ProbeResult.Accepted(answer(200, null), true);
    }

    AttemptOutcome delivered(int events) {
        return new AttemptOutcome.Delivered(answer(200, null), events);
    }

    Answer answer(int status, @org.jspecify.annotations.Nullable Integer code) {
        return new Answer(clock.instant(), Duration.ofMillis(1), status, code, "as the test says", "trace-1");
    }

    @Override
    public Platform platform() {
        return platform;
    }

    @Override
    public Limits limits() {
        return limits;
    }

    @Override
    public MatchQuality matchQuality(PreparedEvent event) {
        return new MatchQuality(0, List.of(), List.of());
    }

    @Override
    public PlatformCounts counts(Destination destination, Instant from, Instant until) {
        return new PlatformCounts.Unreadable("this platform has no statistics");
    }

    @Override
    public boolean isStandardName(String name) {
        return false;
    }

    @Override
    public boolean isUnmapped(Event event, Destination destination) {
        return unmapped.contains(event.name());
    }

    @Override
    public Preparation prepare(Candidate candidate, Destination destination, Instant now) {
        LoggedEvent event = candidate.event();
        prepared.add(event.identity().eventId());
        known.put(event.identity().eventId(), candidate.known());
        if (event.identity().eventId().equals(poison)) {
            throw new IllegalStateException("as the test says");
        }
        return new Preparation.Prepared(new PreparedEvent(
                event,
                event.event().name(),
                event.identity().eventId().getBytes(StandardCharsets.UTF_8),
                "",
                false,
                List.of()));
    }

    @Override
    public Instant tooOldAt(LoggedEvent event, Destination destination) {
        return event.event().occurredAt().plus(Duration.ofDays(7));
    }

    @Override
    public AttemptOutcome send(Destination destination, List<PreparedEvent> events) {
        requests.add(events.stream().map(e -> e.event().identity().eventId()).toList());
        AttemptOutcome outcome = behaviour.apply(events);
        if (outcome instanceof AttemptOutcome.Delivered) {
            events.forEach(event -> delivered.add(event.event().identity().eventId()));
        }
        return outcome;
    }

    @Override
    public ProbeResult probe(Destination destination) {
        onProbe.run();
        return probeAnswer.get();
    }
}
