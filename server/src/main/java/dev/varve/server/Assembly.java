package dev.varve.server;

import dev.varve.collect.Collector;
import dev.varve.collect.EventAllowance;
import dev.varve.collect.ProfileCollector;
import dev.varve.component.Component;
import dev.varve.connectors.PlatformHttp;
import dev.varve.delivery.DestinationState;
import dev.varve.delivery.MemoryBudget;
import dev.varve.delivery.Relay;
import dev.varve.delivery.RelayPorts;
import dev.varve.destination.Connector;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventLog;
import dev.varve.server.api.ApiRoutes;
import dev.varve.server.api.ApiServices;
import dev.varve.server.api.HttpTrackingProbe;
import dev.varve.server.config.DatabaseSettings;
import dev.varve.server.config.PlatformSettings;
import dev.varve.server.config.Secret;
import dev.varve.server.config.Settings;
import dev.varve.server.config.SettingsException;
import dev.varve.server.ingest.AppEventAllowance;
import dev.varve.server.ingest.BodyBudget;
import dev.varve.server.ingest.BodyReader;
import dev.varve.server.ingest.ClientAddress;
import dev.varve.server.ingest.IngestMeter;
import dev.varve.server.ingest.IngestRoutes;
import dev.varve.server.ingest.ProbeCredential;
import dev.varve.server.ingest.UserPropertiesRoute;
import dev.varve.server.observe.BacklogGauges;
import dev.varve.server.observe.HealthReport;
import dev.varve.server.observe.MeteredLedger;
import dev.varve.server.observe.Metrics;
import dev.varve.server.observe.ObserveRoutes;
import dev.varve.server.vault.TinkVault;
import dev.varve.server.webhook.SystemNames;
import dev.varve.server.webhook.WebhookTargets;
import dev.varve.store.postgres.Database;
import dev.varve.store.postgres.EmbeddedPostgres;
import dev.varve.store.postgres.Migrations;
import dev.varve.store.postgres.audit.PostgresAuditTrail;
import dev.varve.store.postgres.identity.PostgresProfiles;
import dev.varve.store.postgres.ledger.BacklogSizes;
import dev.varve.store.postgres.ledger.PostgresDeliveryLedger;
import dev.varve.store.postgres.log.PostgresEventLog;
import dev.varve.store.postgres.log.Retention;
import dev.varve.store.postgres.replay.PostgresDeadLetters;
import dev.varve.store.postgres.replay.PostgresJobs;
import dev.varve.store.postgres.tenant.CachedApiKeys;
import dev.varve.store.postgres.tenant.CachedDestinations;
import dev.varve.store.postgres.tenant.CachedIngestApps;
import dev.varve.store.postgres.tenant.CachedPixelApps;
import dev.varve.store.postgres.tenant.DestinationRows;
import dev.varve.store.postgres.tenant.PostgresApiKeys;
import dev.varve.store.postgres.tenant.PostgresChildOrganizations;
import dev.varve.store.postgres.tenant.PostgresIssuedKeys;
import dev.varve.store.postgres.tenant.PostgresLayers;
import dev.varve.store.postgres.tenant.PostgresOrganizations;
import dev.varve.store.postgres.tenant.PostgresProjects;
import dev.varve.store.postgres.tenant.PostgresSdkApps;
import dev.varve.store.postgres.timeline.PostgresAccounting;
import dev.varve.store.postgres.timeline.PostgresCapiReadings;
import dev.varve.store.postgres.timeline.PostgresTimeline;
import dev.varve.store.postgres.webhook.PostgresWebhookEndpoints;
import dev.varve.tenant.Mode;
import dev.varve.tenant.PlatformEndpoints;
import dev.varve.tenant.Vault;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All wiring, by hand: makes the parts in order, and closes them in the reverse order.
final class Assembly implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Assembly.class);
    /// Parts without which no event can be stored; one of them failing makes `/health` answer 503.
    private static final Set<String> ESSENTIAL = Set.of("event-log");

    private final Settings settings;
    private final Addresses addresses;
    private final PrometheusMeterRegistry metrics = Metrics.create();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final List<Component> components = new ArrayList<>();
    private final Bootstrap bootstrap;

    private final String sandboxUrl;

    /// Returns when the server accepts events.
    static Assembly start(Settings settings) {
        return new Assembly(settings, LivePlatforms.REAL);
    }

    /// The same, but live projects reach the sandbox too and its control routes are open to this machine.
    static Assembly startOnSandbox(Settings settings) {
        return new Assembly(settings, LivePlatforms.SANDBOX);
    }

    private enum LivePlatforms {
        REAL,
        SANDBOX
    }

    private Assembly(Settings given, LivePlatforms platforms) {
        this.addresses = Addresses.of(given.http());
        try {
            own(DataDirectory.open(given.installation().data()));
            Ports.requireFree(addresses.listening());
            Ports.requireFree("127.0.0.1", given.platforms().sandboxPort(), "sandbox-port");
            this.sandboxUrl = openSandbox(given, platforms);
            this.settings = platforms == LivePlatforms.REAL
                    ? given
                    : given.withPlatforms(given.platforms().allAt(URI.create(sandboxUrl)));
            this.bootstrap = assemble();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    Bootstrap bootstrap() {
        return bootstrap;
    }

    String sandboxUrl() {
        return sandboxUrl;
    }

    /// Stops accepting, then lets the relay finish, then closes the store.
    @Override
    public void close() {
        while (!opened.isEmpty()) {
            AutoCloseable part = opened.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.atWarn()
                        .addKeyValue("part", part.getClass().getSimpleName())
                        .setCause(e)
                        .log("close.failed");
            }
        }
    }

    private Bootstrap assemble() {
        Stored stored = openStore();
        Database database = stored.database();
        Tenancy tenancy = new Tenancy(
                new CachedIngestApps(database.jdbi()),
                new CachedDestinations(database.jdbi(), stored.vault(), endpoints()));
        Pipeline pipeline = openPipeline(database, stored.vault(), tenancy);
        Bootstrap first = new FirstStart(
                        new PostgresOrganizations(database.jdbi()), new PostgresApiKeys(database.jdbi()))
                .bootstrap(settings.installation().data(), addresses.api(), addresses.ingest(), Instant.now());
        BodyReader bodies = new BodyReader(new BodyBudget(Runtime.getRuntime().maxMemory() / 8, Duration.ofSeconds(5)));
        openDoor(
                ingestRoutes(pipeline, stored.probe(), bodies),
                new UserPropertiesRoute(pipeline.profiles()::describe, bodies),
                apiRoutes(stored, tenancy, pipeline));
        return first;
    }

    // Store

    private record Stored(Database database, Vault vault, String probe) {}

    private Stored openStore() {
        Database database = openDatabase();
        Vault vault = TinkVault.open(
                settings.installation().vaultKeyFile(), () -> ProbeSecret.anySecretStored(database.jdbi()));
        return new Stored(database, vault, ProbeSecret.of(database.jdbi(), vault));
    }

    private Database openDatabase() {
        DatabaseSettings chosen = settings.database();
        Database database;
        if (chosen.url().isPresent()) {
            database = openExternal(chosen.url().get(), chosen);
        } else {
            EmbeddedPostgres postgres = watch(own(startEmbedded()));
            database = Database.open(postgres.jdbcUrl(), postgres.user(), postgres.password(), chosen.poolSize());
        }
        watch(own(database));
        Migrations.apply(database.dataSource());
        return database;
    }

    /// @throws SettingsException saying why it cannot be used
    static Database openExternal(String url, DatabaseSettings chosen) {
        try {
            return Database.open(
                    url,
                    chosen.user().orElse(""),
                    chosen.password().map(Secret::value).orElse(""),
                    chosen.poolSize());
        } catch (RuntimeException e) {
            LOG.debug("database.refused", e);
            throw new SettingsException("The external PostgreSQL cannot be used: " + reason(e));
        }
    }

    private EmbeddedPostgres startEmbedded() {
        try {
            return EmbeddedPostgres.start(settings.installation().data());
        } catch (IllegalStateException | UncheckedIOException e) {
            LOG.debug("postgres.refused", e);
            throw new SettingsException(String.valueOf(e.getMessage()));
        }
    }

    /// The first line of what the database or its driver says; the pool's own words around it help nobody.
    private static String reason(RuntimeException e) {
        String said = Stream.<Throwable>iterate(e, Objects::nonNull, Throwable::getCause)
                .filter(SQLException.class::isInstance)
                .findFirst()
                .orElse(e)
                .getMessage();
        String line = String.valueOf(said).lines().findFirst().orElse("no reason given");
        return line.endsWith(".") ? line : line + ".";
    }

    // Tenancy

    private record Tenancy(CachedIngestApps apps, CachedDestinations destinations) {
        void changed(UUID projectId) {
            apps.changed(projectId);
            destinations.changed(projectId);
        }
    }

    private String openSandbox(Settings given, LivePlatforms platforms) {
        int port = given.platforms().sandboxPort();
        Sandboxes.Sandbox sandbox =
                switch (platforms) {
                    case REAL -> Sandboxes.open("127.0.0.1", port);
                    case SANDBOX -> Sandboxes.openControllable("127.0.0.1", port);
                };
        own(sandbox.closeable());
        return sandbox.url();
    }

    /// Test-mode projects only ever reach the sandbox inside this process.
    private PlatformEndpoints endpoints() {
        PlatformSettings live = settings.platforms();
        return (platform, mode) -> switch (mode) {
            case Mode.TEST -> sandboxUrl;
            case Mode.LIVE ->
                switch (platform) {
                    case META -> live.metaBaseUrl().toString();
                    case TIKTOK -> live.tiktokBaseUrl().toString();
                };
        };
    }

    // Pipeline

    private record Pipeline(
            EventLog log,
            Collector collector,
            ProfileCollector profiles,
            List<Connector> connectors,
            IngestMeter meter) {}

    private Pipeline openPipeline(Database database, Vault vault, Tenancy tenancy) {
        PostgresEventLog log = watch(own(PostgresEventLog.open(database, Clock.systemUTC())));
        counter("varve.log.events", "Events stored, without repeats", log, PostgresEventLog::committedEvents);
        counter("varve.log.groups", "Transactions that stored them", log, PostgresEventLog::committedGroups);
        gauge("varve.log.queued.requests", log::queuedRequests);
        gauge("varve.log.queued.bytes", log::queuedBytes);
        Retention retention =
                new Retention(database, Duration.ofDays(settings.pipeline().matchingDays()));
        repeat(Duration.ofHours(1), () -> retention.apply(Instant.now()));
        List<Connector> connectors = connectors();
        openRelay(database, log, tenancy, connectors);
        HealthWatch health = own(HealthWatch.start(
                database.jdbi(),
                new DestinationRows(vault, endpoints()),
                connectors,
                settings.platforms().pace(),
                Clock.systemUTC()));
        components.addAll(health.components());
        EventAllowance allowance =
                AppEventAllowance.perMinute(settings.pipeline().ingestEventsPerMinutePerApp());
        return new Pipeline(
                log,
                new Collector(log, tenancy.apps(), allowance, Clock.systemUTC()),
                new ProfileCollector(
                        new PostgresProfiles(database.jdbi()), tenancy.apps(), allowance, Clock.systemUTC()),
                connectors,
                meter());
    }

    private IngestMeter meter() {
        IngestMeter meter = new IngestMeter(metrics);
        repeat(Duration.ofSeconds(1), meter::writeLine);
        return meter;
    }

    private void openRelay(Database database, EventLog log, Tenancy tenancy, List<Connector> connectors) {
        RelayPorts ports = new RelayPorts(
                log,
                new MeteredLedger(new PostgresDeliveryLedger(database.jdbi()), metrics),
                tenancy.apps(),
                tenancy.destinations(),
                new PostgresProfiles(database.jdbi()),
                new CachedPixelApps(database.jdbi()));
        Relay relay =
                new Relay(ports, connectors, settings.pipeline().delivery(), MemoryBudget.ofHeap(), Clock.systemUTC());
        watch(own(relay));
        relay.start();
        gauge("varve.relay.open.events", relay::openEvents);
        gauge("varve.relay.waiting.rows", relay::waitingRows);
        for (Platform platform : Platform.values()) {
            for (DestinationState.Phase phase : DestinationState.Phase.values()) {
                Gauge.builder("varve.relay.lanes", () -> relay.lanes(platform, phase))
                        .description("Destinations this process works on, by what their lane does")
                        .tag("platform", platform.shortName())
                        .tag("state", phase.wireName())
                        .register(metrics);
            }
        }
        BacklogGauges backlog = new BacklogGauges(new BacklogSizes(database.jdbi()), metrics);
        repeat(Duration.ofSeconds(15), () -> backlog.refresh(Instant.now()));
    }

    private List<Connector> connectors() {
        HttpClient client = PlatformHttp.newClient(own(Executors.newVirtualThreadPerTaskExecutor()));
        own(client::shutdownNow);
        return Connectors.of(client, Clock.systemUTC(), settings.platforms().apps());
    }

    // HTTP

    private IngestRoutes ingestRoutes(Pipeline pipeline, String probe, BodyReader bodies) {
        return new IngestRoutes(
                pipeline.collector()::collectSdk,
                bodies,
                new ClientAddress(settings.http().trustedProxies()),
                new ProbeCredential(probe),
                pipeline.meter());
    }

    /// The Partner API's routes.
    private ApiRoutes apiRoutes(Stored stored, Tenancy tenancy, Pipeline pipeline) {
        Jdbi jdbi = stored.database().jdbi();
        Clock clock = Clock.systemUTC();
        HttpClient client = own(HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(2))
                .build());
        return new ApiRoutes(new ApiServices(
                new ApiServices.Credentials(new PostgresOrganizations(jdbi), apiKeys(jdbi)),
                new ApiServices.Catalog(
                        new PostgresProjects(jdbi),
                        new PostgresSdkApps(jdbi),
                        new PostgresLayers(jdbi, stored.vault()),
                        tenancy::changed,
                        new PostgresAuditTrail(jdbi, clock),
                        account(stored)),
                new ApiServices.Readings(
                        new PostgresTimeline(jdbi, clock),
                        new PostgresCapiReadings(jdbi),
                        new PostgresAccounting(jdbi),
                        new PostgresProfiles(jdbi)),
                new ApiServices.Pipeline(
                        tenancy.apps(),
                        new ApiServices.ServerEvents(
                                request -> pipeline.meter()
                                        .measured(() -> pipeline.collector().collectServer(request)),
                                pipeline.collector()::draft),
                        pipeline.connectors().stream().collect(Collectors.toMap(Connector::platform, c -> c)),
                        endpoints(),
                        new HttpTrackingProbe(client, addresses.localIngest(), stored.probe(), clock),
                        new ApiServices.Replays(
                                new PostgresDeadLetters(jdbi),
                                new PostgresJobs(jdbi, clock),
                                pipeline.log()::ownStream)),
                addresses.ingest(),
                clock));
    }

    private ApiServices.Account account(Stored stored) {
        Jdbi jdbi = stored.database().jdbi();
        return new ApiServices.Account(
                new PostgresChildOrganizations(jdbi),
                new PostgresIssuedKeys(jdbi),
                new PostgresWebhookEndpoints(jdbi, stored.vault()),
                new WebhookTargets(settings.webhooks().allowedNetworks(), new SystemNames()),
                settings.installation().sdks());
    }

    private CachedApiKeys apiKeys(Jdbi jdbi) {
        CachedApiKeys keys = new CachedApiKeys(new PostgresApiKeys(jdbi));
        repeat(Duration.ofMillis(300), keys::refresh);
        repeat(Duration.ofSeconds(1), keys::writeUse);
        return keys;
    }

    private void openDoor(IngestRoutes ingest, UserPropertiesRoute properties, ApiRoutes api) {
        ObserveRoutes observe = new ObserveRoutes(() -> HealthReport.of(components, ESSENTIAL), metrics);
        own(FrontDoor.open(
                addresses.listening(),
                rules -> {
                    ingest.register(rules);
                    properties.register(rules);
                    observe.register(rules);
                    rules.register("/v1", api);
                },
                rules -> {
                    ingest.register(rules);
                    properties.register(rules);
                    observe.registerHealth(rules);
                }));
    }

    private void repeat(Duration period, Runnable task) {
        own(Repetition.every(period, task));
    }

    private <T> void counter(String name, String description, T part, ToDoubleFunction<T> value) {
        FunctionCounter.builder(name, part, value).description(description).register(metrics);
    }

    private void gauge(String name, Supplier<Number> value) {
        Gauge.builder(name, value).register(metrics);
    }

    private <T extends AutoCloseable> T own(T part) {
        opened.push(part);
        return part;
    }

    private <T extends Component> T watch(T part) {
        components.add(part);
        return part;
    }
}
