package dev.varve.health;

import dev.varve.component.CheckResult;
import dev.varve.component.Component;
import dev.varve.destination.Connector;
import dev.varve.destination.PlatformCounts;
import dev.varve.tenant.PrefixedId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the platforms how many events they counted. Whoever owns it calls `pollDue` every second.
public final class CountsPoller implements Component, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CountsPoller.class);
    private static final int AT_A_TIME = 2;
    /// A permission does not come by itself; new credentials are asked at once.
    private static final Duration WHILE_UNREADABLE = Duration.ofHours(24);
    /// Longer than the pages of one destination take.
    private static final Duration CLAIM = Duration.ofMinutes(5);
    private static final double JITTER = 0.1;

    private final CountPolls polls;
    private final Map<Connector, FewAtATime> connectors;
    private final Duration interval;
    private final InstantSource clock;
    private volatile @Nullable String trouble;

    public CountsPoller(CountPolls polls, List<Connector> connectors, Duration interval, InstantSource clock) {
        this.polls = polls;
        this.connectors = connectors.stream()
                .collect(Collectors.toMap(Function.identity(), _ -> new FewAtATime("counts-poll", AT_A_TIME)));
        this.interval = interval;
        this.clock = clock;
    }

    /// Begins what is due and returns; the platforms' answers are awaited elsewhere.
    public void pollDue() {
        try {
            connectors.forEach(this::pollDue);
            trouble = null;
        } catch (RuntimeException e) {
            trouble = "the destinations whose counts are due cannot be read";
            throw e;
        }
    }

    private void pollDue(Connector connector, FewAtATime places) {
        int free = places.free();
        if (free == 0) {
            return;
        }
        Instant now = clock.instant();
        for (CountPolls.Due due : polls.claim(connector.platform(), now, now.plus(CLAIM), free)) {
            places.run(() -> poll(connector, due));
        }
    }

    private void poll(Connector connector, CountPolls.Due due) {
        Instant now = clock.instant();
        CountRange range = CountRange.asked(connector.platform(), now);
        PlatformCounts counts = connector.counts(due.destination(), range.from(), range.until());
        switch (counts) {
            case PlatformCounts.Counted counted ->
                polls.counted(due, range.settled(counted), range.countedUntil(counted), after(interval));
            case PlatformCounts.Unreadable(String reason) ->
                polls.unreadable(due, reason, clock.instant(), after(WHILE_UNREADABLE));
            case PlatformCounts.Unknown _ -> polls.postponed(due, after(interval));
        }
        LOG.atInfo()
                .addKeyValue(
                        "projectId",
                        PrefixedId.PROJECT.format(due.destination().key().projectId()))
                .addKeyValue("platform", connector.platform().layerName())
                .addKeyValue("result", counts.getClass().getSimpleName())
                .log("counts.polled");
    }

    /// Spread, so that destinations that came at once do not come at once for ever.
    private Instant after(Duration pause) {
        double spread = 1 + JITTER * (2 * ThreadLocalRandom.current().nextDouble() - 1);
        return clock.instant().plusMillis((long) (pause.toMillis() * spread));
    }

    /// For tests: true when everything that was begun has ended.
    boolean awaitIdle(Duration limit) {
        return connectors.values().stream().allMatch(places -> places.awaitIdle(limit));
    }

    @Override
    public String name() {
        return "platform-counts";
    }

    @Override
    public CheckResult check() {
        String said = trouble;
        return said == null
                ? new CheckResult.Passed("platforms are asked for their counts when due")
                : new CheckResult.Degraded(said);
    }

    @Override
    public void close() {
        connectors.values().forEach(FewAtATime::close);
    }
}
