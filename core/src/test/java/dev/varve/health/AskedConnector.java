package dev.varve.health;

import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.Candidate;
import dev.varve.destination.Connector;
import dev.varve.destination.Destination;
import dev.varve.destination.MatchQuality;
import dev.varve.destination.PlatformCounts;
import dev.varve.destination.Preparation;
import dev.varve.destination.PreparedEvent;
import dev.varve.destination.ProbeResult;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import java.time.Instant;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/// A platform that is only asked questions, and answers as the test says.
record AskedConnector(
        Platform platform,
        Function<Destination, ProbeResult> probes,
        BiFunction<Instant, Instant, PlatformCounts> statistics)
        implements Connector {
    @Override
    public ProbeResult probe(Destination destination) {
        return probes.apply(destination);
    }

    @Override
    public PlatformCounts counts(Destination destination, Instant from, Instant until) {
        return statistics.apply(from, until);
    }

    @Override
    public Limits limits() {
        throw new AssertionError("nothing is sent");
    }

    @Override
    public boolean isStandardName(String name) {
        throw new AssertionError("nothing is sent");
    }

    @Override
    public Preparation prepare(Candidate candidate, Destination destination, Instant now) {
        throw new AssertionError("nothing is sent");
    }

    @Override
    public MatchQuality matchQuality(PreparedEvent event) {
        throw new AssertionError("nothing is sent");
    }

    @Override
    public Instant tooOldAt(LoggedEvent event, Destination destination) {
        throw new AssertionError("nothing is sent");
    }

    @Override
    public AttemptOutcome send(Destination destination, List<PreparedEvent> events) {
        throw new AssertionError("nothing is sent");
    }
}
