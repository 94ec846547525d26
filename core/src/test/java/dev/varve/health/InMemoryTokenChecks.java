package dev.varve.health;

import dev.varve.delivery.DestinationState.Phase;
import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.health.TokenStanding.Known;
import dev.varve.tenant.Layers.LayerError;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Token checks in memory, for tests.
final class InMemoryTokenChecks implements TokenChecks {
    private final Map<Destination.Key, Entry> entries = new LinkedHashMap<>();

    static final class Entry {
        final UUID layerId = UUID.randomUUID();
        final List<Boolean> audited = new ArrayList<>();
        Known known;

        @Nullable
        Instant validatedAt;

        Instant configuredAt;
        Instant nextAt;
        int refusals;

        @Nullable
        Phase lane;

        @Nullable
        LayerError error;

        Entry(Known known, Instant at) {
            this.known = known;
            this.configuredAt = at;
            this.validatedAt = known == Known.NOTHING ? null : at;
            this.nextAt = at.plus(Duration.ofHours(6));
        }
    }

    synchronized Destination.Key add(Known known, Instant at) {
        Destination.Key key = new Destination.Key(UUID.randomUUID(), Platform.META);
        entries.put(key, new Entry(known, at));
        return key;
    }

    synchronized Entry entry(Destination.Key key) {
        return Objects.requireNonNull(entries.get(key));
    }

    @Override
    public synchronized List<Due> claim(Platform platform, Window window, int limit) {
        return entries.entrySet().stream()
                .filter(e -> e.getKey().platform() == platform)
                .filter(e -> !e.getValue().nextAt.isAfter(window.now())
                        || e.getValue().nextAt.isAfter(window.latest()))
                .sorted(Comparator.comparing(e -> e.getValue().nextAt))
                .limit(limit)
                .map(e -> claimed(e.getKey(), e.getValue(), window.until()))
                .toList();
    }

    private static Due claimed(Destination.Key key, Entry entry, Instant until) {
        entry.nextAt = until;
        Phase lane = entry.lane == null ? Phase.FLOWING : entry.lane;
        return new Due(
                entry.layerId,
                new Destination(
                        key,
                        true,
                        false,
                        "pixel",
                        Optional.of(new Destination.AccessToken("token")),
                        "http://localhost:1",
                        Destination.Mapping.DEFAULT),
                new TokenStanding(entry.known, entry.refusals, lane),
                entry.configuredAt);
    }

    @Override
    public synchronized boolean record(Due due, TokenFinding finding, Instant at, Instant nextAt) {
        Entry entry = entry(due.destination().key());
        if (!entry.configuredAt.equals(due.configuredAt())) {
            return false;
        }
        entry.nextAt = nextAt;
        switch (finding) {
            case TokenFinding.Confirmed _ -> {
                verdict(entry, Known.VALID, at);
                resume(entry);
            }
            case TokenFinding.Inconclusive _ -> {
                entry.refusals = 0;
                resume(entry);
            }
            case TokenFinding.Suspected suspected -> {
                entry.refusals = suspected.refusals();
                entry.error = suspected.error();
            }
            case TokenFinding.Refused refused -> {
                verdict(entry, Known.REFUSED, at);
                entry.error = refused.error();
                entry.lane = entry.lane == null ? Phase.FLOWING : entry.lane;
            }
            case TokenFinding.Unanswered _ -> {}
        }
        return true;
    }

    private static void verdict(Entry entry, Known known, Instant at) {
        if (entry.known != known) {
            entry.audited.add(known == Known.VALID);
        }
        entry.known = known;
        entry.validatedAt = at;
        entry.refusals = 0;
    }

    private static void resume(Entry entry) {
        entry.lane = entry.lane == Phase.STOPPED ? Phase.FLOWING : entry.lane;
    }
}
