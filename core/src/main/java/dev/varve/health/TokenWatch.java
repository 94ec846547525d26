package dev.varve.health;

import dev.varve.component.CheckResult;
import dev.varve.component.Component;
import dev.varve.destination.Connector;
import dev.varve.destination.ProbeResult;
import dev.varve.tenant.PrefixedId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Validates the tokens of all layers again and again, also of those without traffic. Whoever owns it calls `checkDue`
/// every second.
public final class TokenWatch implements Component, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TokenWatch.class);
    /// By platform, so that one that hangs leaves the others their share.
    private static final int AT_A_TIME = 4;

    private final TokenChecks checks;
    private final Map<Connector, FewAtATime> connectors;
    private final CheckSchedule schedule;
    private final InstantSource clock;
    private volatile @Nullable String trouble;

    public TokenWatch(TokenChecks checks, List<Connector> connectors, CheckSchedule schedule, InstantSource clock) {
        this.checks = checks;
        this.connectors = connectors.stream()
                .collect(Collectors.toMap(Function.identity(), _ -> new FewAtATime("token-check", AT_A_TIME)));
        this.schedule = schedule;
        this.clock = clock;
    }

    /// Begins what is due and returns; the platforms' answers are awaited elsewhere.
    public void checkDue() {
        try {
            connectors.forEach(this::checkDue);
            trouble = null;
        } catch (RuntimeException e) {
            trouble = "the layers whose token is due cannot be read";
            throw e;
        }
    }

    private void checkDue(Connector connector, FewAtATime places) {
        int free = places.free();
        if (free == 0) {
            return;
        }
        Instant now = clock.instant();
        TokenChecks.Window window =
                new TokenChecks.Window(now, now.plus(schedule.whileFine()), schedule.claimedUntil(now));
        for (TokenChecks.Due due : checks.claim(connector.platform(), window, free)) {
            places.run(() -> check(connector, due));
        }
    }

    private void check(Connector connector, TokenChecks.Due due) {
        ProbeResult result = connector.probe(due.destination());
        TokenFinding finding = TokenFinding.of(result, due.standing());
        Instant now = clock.instant();
        boolean kept = checks.record(due, finding, now, schedule.after(finding, due.standing(), now));
        LOG.atInfo()
                .addKeyValue(
                        "projectId",
                        PrefixedId.PROJECT.format(due.destination().key().projectId()))
                .addKeyValue("platform", connector.platform().layerName())
                .addKeyValue("result", finding.getClass().getSimpleName())
                .addKeyValue("platformCode", result.answer().platformCode())
                .addKeyValue("kept", kept)
                .log("token.checked");
    }

    /// For tests: true when everything that was begun has ended.
    boolean awaitIdle(Duration limit) {
        return connectors.values().stream().allMatch(places -> places.awaitIdle(limit));
    }

    @Override
    public String name() {
        return "token-watch";
    }

    @Override
    public CheckResult check() {
        String said = trouble;
        return said == null ? new CheckResult.Passed("tokens are validated when due") : new CheckResult.Degraded(said);
    }

    @Override
    public void close() {
        connectors.values().forEach(FewAtATime::close);
    }
}
