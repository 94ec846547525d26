package dev.varve.health;

import dev.varve.delivery.DestinationState.Phase;
import dev.varve.destination.Destination;
import dev.varve.health.TokenStanding.Known;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

class InMemoryTokenChecksTest extends TokenChecksContract {
    private final InMemoryTokenChecks checks = new InMemoryTokenChecks();

    @Override
    protected TokenChecks checks() {
        return checks;
    }

    @Override
    protected Destination.Key layer(Known known, Instant at) {
        return checks.add(known, at);
    }

    @Override
    protected void configure(Destination.Key key, Instant at) {
        InMemoryTokenChecks.Entry entry = checks.entry(key);
        entry.configuredAt = at;
        entry.known = Known.VALID;
        entry.validatedAt = at;
        entry.nextAt = at.plus(Duration.ofHours(6));
    }

    @Override
    protected void lane(Destination.Key key, Phase phase) {
        checks.entry(key).lane = phase;
    }

    @Override
    protected Seen seen(Destination.Key key) {
        InMemoryTokenChecks.Entry entry = checks.entry(key);
        return new Seen(
                entry.known == Known.VALID,
                entry.validatedAt,
                Optional.ofNullable(entry.lane),
                Optional.ofNullable(entry.error),
                List.copyOf(entry.audited));
    }
}
