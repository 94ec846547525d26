package dev.varve.server;

import dev.varve.destination.Connector;
import dev.varve.health.LiveTail;
import dev.varve.server.api.ApiConventions;
import dev.varve.server.api.ApiRoutes;
import dev.varve.server.api.ApiServices;
import dev.varve.server.api.HttpTrackingProbe;
import dev.varve.server.config.Settings;
import dev.varve.server.ingest.BodyBudget;
import dev.varve.server.ingest.BodyReader;
import dev.varve.server.observe.HealthReport;
import dev.varve.server.observe.ObserveRoutes;
import dev.varve.server.webhook.SystemNames;
import dev.varve.server.webhook.WebhookTargets;
import dev.varve.store.postgres.Patience;
import dev.varve.store.postgres.audit.PostgresAuditTrail;
import dev.varve.store.postgres.idempotency.PostgresIdempotencyKeys;
import dev.varve.store.postgres.identity.PostgresProfiles;
import dev.varve.store.postgres.replay.PostgresDeadLetters;
import dev.varve.store.postgres.replay.PostgresJobs;
import dev.varve.store.postgres.tenant.CachedApiKeys;
import dev.varve.store.postgres.tenant.PostgresApiKeys;
import dev.varve.store.postgres.tenant.PostgresChildOrganizations;
import dev.varve.store.postgres.tenant.PostgresIssuedKeys;
import dev.varve.store.postgres.tenant.PostgresLayers;
import dev.varve.store.postgres.tenant.PostgresOrganizations;
import dev.varve.store.postgres.tenant.PostgresProjects;
import dev.varve.store.postgres.tenant.PostgresSdkApps;
import dev.varve.store.postgres.timeline.PostgresAccounting;
import dev.varve.store.postgres.timeline.PostgresCapiReadings;
import dev.varve.store.postgres.timeline.PostgresEventShapes;
import dev.varve.store.postgres.timeline.PostgresEventTail;
import dev.varve.store.postgres.timeline.PostgresTimeline;
import dev.varve.store.postgres.webhook.PostgresWebhookEndpoints;
import io.helidon.webserver.http.HttpRules;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/// The routes, and the door they are behind.
record ApiParts(Settings settings, Addresses addresses, StoreParts stored, PipelineParts pipeline, Parts parts) {
    /// Parts without which no event can be stored; one of them failing makes `/health` answer 503.
    private static final Set<String> ESSENTIAL = Set.of("event-log");

    /// Returns when requests are answered.
    void open() {
        BodyReader bodies = new BodyReader(new BodyBudget(Runtime.getRuntime().maxMemory() / 8, Duration.ofSeconds(5)));
        openDoor(new IngestParts(settings, stored, pipeline, parts).routes(bodies), apiRoutes());
    }

    /// The Partner API's routes.
    private ApiRoutes apiRoutes() {
        Jdbi jdbi = stored.database().jdbi();
        Clock clock = Clock.systemUTC();
        ApiServices services = new ApiServices(
                new ApiServices.Credentials(new PostgresOrganizations(jdbi), apiKeys(jdbi)),
                new ApiServices.Catalog(
                        new PostgresProjects(jdbi),
                        new PostgresSdkApps(jdbi),
                        new PostgresLayers(jdbi, stored.vault()),
                        pipeline.tenancy()::changed,
                        new PostgresAuditTrail(jdbi, clock),
                        account(jdbi)),
                new ApiServices.Readings(
                        new PostgresTimeline(jdbi, clock),
                        new PostgresEventShapes(jdbi),
                        new PostgresCapiReadings(jdbi),
                        new PostgresAccounting(stored.database().longerCalls(Patience.BACKGROUND)),
                        new PostgresProfiles(jdbi),
                        liveEvents(jdbi, clock)),
                pipeline(jdbi, clock),
                addresses.ingest(),
                clock);
        return new ApiRoutes(
                services,
                new ApiConventions(
                        settings.partners().internalTier(), new PostgresIdempotencyKeys(jdbi), stored.vault()));
    }

    private CachedApiKeys apiKeys(Jdbi jdbi) {
        CachedApiKeys keys = new CachedApiKeys(new PostgresApiKeys(jdbi));
        parts.repeat(Duration.ofMillis(300), keys::refresh);
        parts.repeat(Duration.ofSeconds(1), keys::writeUse);
        return keys;
    }

    private ApiServices.Account account(Jdbi jdbi) {
        return new ApiServices.Account(
                new PostgresChildOrganizations(jdbi),
                new PostgresIssuedKeys(jdbi),
                new PostgresWebhookEndpoints(jdbi, stored.vault()),
                new WebhookTargets(settings.partners().webhookNetworks(), new SystemNames()),
                settings.installation().sdks());
    }

    /// Events show within a poll or two, far below the promised 2 s.
    private ApiServices.LiveEvents liveEvents(Jdbi jdbi, Clock clock) {
        LiveTail tail = new LiveTail(new PostgresEventTail(jdbi, clock), clock);
        parts.repeat(Duration.ofMillis(500), tail::poll);
        parts.gauge("varve.api.streams", tail::readers);
        return ApiServices.LiveEvents.of(tail, settings.partners().eventStreams());
    }

    private ApiServices.Pipeline pipeline(Jdbi jdbi, Clock clock) {
        HttpClient client = parts.own(HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(2))
                .build());
        return new ApiServices.Pipeline(
                pipeline.tenancy().apps(),
                new ApiServices.ServerEvents(
                        request -> pipeline.meter()
                                .measured(() -> pipeline.collector().collectServer(request)),
                        pipeline.collector()::draft),
                pipeline.connectors().stream().collect(Collectors.toMap(Connector::platform, c -> c)),
                pipeline.tenancy().endpoints(),
                new HttpTrackingProbe(client, addresses.localIngest(), stored.probe(), clock),
                new ApiServices.Replays(
                        new PostgresDeadLetters(jdbi),
                        new PostgresJobs(jdbi, clock),
                        () -> pipeline.log().ownStreams().getFirst()));
    }

    private void openDoor(List<Consumer<HttpRules>> ingest, ApiRoutes api) {
        ObserveRoutes observe =
                new ObserveRoutes(() -> HealthReport.of(parts.components(), ESSENTIAL), parts.metrics());
        parts.own(FrontDoor.open(
                addresses.listening(),
                rules -> {
                    ingest.forEach(routes -> routes.accept(rules));
                    observe.register(rules);
                    rules.register("/v1", api);
                },
                rules -> {
                    ingest.forEach(routes -> routes.accept(rules));
                    observe.registerHealth(rules);
                    observe.registerErrors(rules);
                }));
        // Closed before the door, which would wait for them.
        parts.own((AutoCloseable) api::endStreams);
    }
}
