package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.destination.Destination;
import dev.varve.destination.SkipReason;
import dev.varve.event.Platform;
import dev.varve.health.Accounting;
import dev.varve.health.AccountingWatch;
import dev.varve.tenant.Scopes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/// `GET /v1/projects/:projectId/ads/capi-accounting`: where every accepted event of a window stands.
final class AccountingRoute {
    private static final Duration DEFAULT_WINDOW = Duration.ofHours(24);

    private final Accounting accounting;
    private final ProjectAccess access;

    AccountingRoute(ApiServices services) {
        this.accounting = services.readings().accounting();
        this.access = new ProjectAccess(services.catalog());
    }

    List<Route> routes() {
        return List.of(Route.of("GET", "/projects/{projectId}/ads/capi-accounting", Scopes.ADS_READ, this::read));
    }

    private ApiAnswer read(ApiCall call) {
        UUID projectId = call.projectId();
        Query query = Query.of(call);
        Set<Platform> platforms = query.platforms("platforms");
        Optional<String> appId = query.text("appId");
        Instant until = query.time("until").orElse(call.now());
        Instant since = query.time("since").orElse(until.minus(DEFAULT_WINDOW));
        if (!since.isBefore(until)) {
            query.issue("since", "must be earlier than until, " + Json.time(until) + ", got " + Json.time(since));
        }
        query.finish();
        access.project(call);
        ObjectNode body = Json.object().put("since", Json.time(since)).put("until", Json.time(until));
        body.putArray("platforms");
        for (Platform platform : platforms) {
            Accounting.Sums sums = accounting.read(projectId, platform, appId, since, until);
            if (sums.unexplained() != 0) {
                AccountingWatch.alert(new Destination.Key(projectId, platform), sums);
            }
            body.withArray("platforms").add(json(platform, sums));
        }
        return ApiAnswer.ok(body);
    }

    private static ObjectNode json(Platform platform, Accounting.Sums sums) {
        ObjectNode row = Json.object()
                .put("platform", platform.layerName())
                .put("accepted", sums.accepted())
                .put("forwarded", sums.forwarded())
                .put("pending", sums.pending())
                .put("retrying", sums.retrying())
                .put("dead", sums.dead())
                .put("skipped", sums.skipped());
        ObjectNode skippedBy = row.putObject("skippedBy");
        for (SkipReason reason : SkipReason.values()) {
            skippedBy.put(reason.wireName(), sums.skippedBy().getOrDefault(reason.wireName(), 0L));
        }
        ObjectNode deadBy = row.putObject("deadBy");
        new TreeMap<>(sums.deadBy()).forEach(deadBy::put);
        return row.put("unexplained", sums.unexplained());
    }
}
