package dev.varve.health;

import dev.varve.component.CheckResult;
import dev.varve.component.Component;
import dev.varve.destination.Destination;
import dev.varve.tenant.PrefixedId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks whether every event of the last 24 hours can be accounted for, in all projects, and raises the alert when one
/// cannot. Driven from outside, by one thread; read by any.
public final class AccountingWatch implements Component {
    private static final Logger LOG = LoggerFactory.getLogger(AccountingWatch.class);
    private static final Duration WINDOW = Duration.ofHours(24);
    /// What arrived just now is on its way through the relay and would only raise suspicion.
    private static final Duration SETTLING = Duration.ofMinutes(5);
    /// An exact look reads events; a defect that hits everybody must not occupy the database.
    private static final int MOST_SUSPECTS = 200;

    private final Imbalances imbalances;
    private final Accounting accounting;
    private final InstantSource clock;
    private volatile Findings latest = new Findings(0, 0, Optional.empty());

    public AccountingWatch(Imbalances imbalances, Accounting accounting, InstantSource clock) {
        this.imbalances = imbalances;
        this.accounting = accounting;
        this.clock = clock;
    }

    /// `lookedAt` is empty before the first look.
    private record Findings(int destinations, long events, Optional<Instant> lookedAt) {}

    @Override
    public String name() {
        return "accounting";
    }

    /// Events nobody can account for, as of the last look; also those counted twice.
    public long unexplained() {
        return latest.events();
    }

    /// One look at everything. Throws when the database does; what was found before then stands.
    public void look() {
        Instant now = clock.instant();
        Instant until = now.minus(SETTLING).truncatedTo(ChronoUnit.MINUTES);
        Instant since = until.minus(WINDOW);
        int destinations = 0;
        long events = 0;
        for (Destination.Key suspect : imbalances.suspects(since, until, MOST_SUSPECTS)) {
            long unexplained = unexplained(suspect, since, until);
            destinations += unexplained == 0 ? 0 : 1;
            events += Math.abs(unexplained);
        }
        latest = new Findings(destinations, events, Optional.of(now));
    }

    private long unexplained(Destination.Key destination, Instant since, Instant until) {
        Accounting.Sums sums =
                accounting.read(destination.projectId(), destination.platform(), Optional.empty(), since, until);
        if (sums.unexplained() != 0) {
            alert(destination, sums);
        }
        return sums.unexplained();
    }

    /// An event that nobody can account for is a defect; the operator's alerting watches the error lines.
    public static void alert(Destination.Key destination, Accounting.Sums sums) {
        LOG.atError()
                .addKeyValue("projectId", PrefixedId.PROJECT.format(destination.projectId()))
                .addKeyValue("platform", destination.platform().layerName())
                .addKeyValue("accepted", sums.accepted())
                .addKeyValue("unexplained", sums.unexplained())
                .log("accounting.unexplained");
    }

    @Override
    public CheckResult check() {
        Findings found = latest;
        if (found.events() != 0) {
            return new CheckResult.Degraded(found.events() + " events of " + found.destinations()
                    + " destinations are unexplained; see the lines accounting.unexplained");
        }
        return new CheckResult.Passed(
                found.lookedAt().isEmpty()
                        ? "not looked yet"
                        : "every event of the 24 hours before "
                                + found.lookedAt().get().minus(SETTLING).truncatedTo(ChronoUnit.MINUTES)
                                + " is accounted for");
    }
}
