package dev.varve.server.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.varve.audit.AuditTrail;
import dev.varve.collect.Collector;
import dev.varve.collect.EventAllowance;
import dev.varve.connectors.meta.MetaConnector;
import dev.varve.connectors.meta.MetaSettings;
import dev.varve.connectors.tiktok.TikTokConnector;
import dev.varve.connectors.tiktok.TikTokSettings;
import dev.varve.delivery.DeadLetters;
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
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventLog;
import dev.varve.health.Accounting;
import dev.varve.health.LiveTail;
import dev.varve.server.FrontDoorForTests;
import dev.varve.server.config.Allowance;
import dev.varve.server.config.Cidr;
import dev.varve.server.config.Settings;
import dev.varve.server.conformance.CapturingLog;
import dev.varve.server.webhook.WebhookTargets;
import dev.varve.store.postgres.Database;
import dev.varve.store.postgres.EmbeddedPostgres;
import dev.varve.store.postgres.Migrations;
import dev.varve.store.postgres.audit.PostgresAuditTrail;
import dev.varve.store.postgres.idempotency.PostgresIdempotencyKeys;
import dev.varve.store.postgres.replay.PostgresDeadLetters;
import dev.varve.store.postgres.tenant.CachedIngestApps;
import dev.varve.store.postgres.tenant.PostgresApiKeys;
import dev.varve.store.postgres.tenant.PostgresChildOrganizations;
import dev.varve.store.postgres.tenant.PostgresIssuedKeys;
import dev.varve.store.postgres.tenant.PostgresLayers;
import dev.varve.store.postgres.tenant.PostgresOrganizations;
import dev.varve.store.postgres.tenant.PostgresProjects;
import dev.varve.store.postgres.tenant.PostgresSdkApps;
import dev.varve.store.postgres.tenant.TenantChanges;
import dev.varve.store.postgres.timeline.PostgresCapiReadings;
import dev.varve.store.postgres.timeline.PostgresEventShapes;
import dev.varve.store.postgres.timeline.PostgresTimeline;
import dev.varve.store.postgres.webhook.PostgresWebhookEndpoints;
import dev.varve.tenant.IngestApps;
import dev.varve.tenant.KeyMint;
import dev.varve.tenant.Mode;
import dev.varve.tenant.Organization;
import dev.varve.tenant.RateLimitTier;
import dev.varve.tenant.Scopes;
import dev.varve.tenant.Vault;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// The API on a real port over a real PostgreSQL; the platforms judge a token by its name: `good`, `mild` (the probe
/// cannot tell), `bad`, `silent`.
@SuppressWarnings("NullAway.Init")
final class ApiFixture implements BeforeAllCallback, AfterAllCallback {
    static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNumberLength(10_000)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    static final long OWN_STREAM = 7;
    static final int MOST_STREAMS = 8;
    private static final Vault VAULT = new ReversingVault();

    private final HttpClient http = HttpClient.newHttpClient();
    private EmbeddedPostgres postgres;
    Database database;
    final InMemoryAuditTrail audit = new InMemoryAuditTrail();
    final InMemoryJobs jobs = new InMemoryJobs();
    final InMemoryDeadLetters deadLetters = new InMemoryDeadLetters(jobs);
    final InMemoryProfiles profiles = new InMemoryProfiles();
    final Map<UUID, Accounting.Sums> accounts = new ConcurrentHashMap<>();
    final List<Instant> windows = new CopyOnWriteArrayList<>();
    final InMemoryEventTail events = new InMemoryEventTail();
    final LiveTail tail = new LiveTail(events, InstantSource.system());
    private FrontDoorForTests server;
    /// What the name service knows, to be filled by tests.
    final Map<String, List<String>> names = new ConcurrentHashMap<>();
    /// What happens once, while the next question to a platform is under way.
    final Queue<Runnable> whileAsked = new ConcurrentLinkedQueue<>();

    private boolean isStoring;

    /// Audit rows and dead letters go where the product has them, not into memory.
    ApiFixture storing() {
        isStoring = true;
        return this;
    }

    AuditTrail auditTrail() {
        return isStoring ? new PostgresAuditTrail(database.jdbi(), InstantSource.system()) : audit;
    }

    private DeadLetters deadLetters() {
        return isStoring ? new PostgresDeadLetters(database.jdbi()) : deadLetters;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        Path data = Path.of("target", "postgres-" + UUID.randomUUID());
        postgres = EmbeddedPostgres.start(data, Path.of("target", "postgres"));
        database = Database.open(postgres.jdbcUrl(), postgres.user(), postgres.password(), 4);
        Migrations.apply(database.dataSource());
        server = FrontDoorForTests.open(rules -> rules.register("/v1", new ApiRoutes(services(), conventions())));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        server.close();
        database.close();
        postgres.close();
    }

    List<Route> routes() {
        return new ApiRoutes(services(), conventions()).routes();
    }

    ApiConventions conventions() {
        return new ApiConventions(Allowance.UNLIMITED, new PostgresIdempotencyKeys(database.jdbi()), VAULT);
    }

    ApiServices services() {
        InstantSource clock = InstantSource.system();
        var jdbi = database.jdbi();
        CachedIngestApps apps = CachedIngestApps.open(jdbi, new TenantChanges(jdbi));
        return new ApiServices(
                new ApiServices.Credentials(new PostgresOrganizations(jdbi), new PostgresApiKeys(jdbi)),
                new ApiServices.Catalog(
                        new PostgresProjects(jdbi),
                        new PostgresSdkApps(jdbi),
                        new PostgresLayers(jdbi, VAULT),
                        apps,
                        auditTrail(),
                        account(jdbi)),
                new ApiServices.Readings(
                        new PostgresTimeline(jdbi, clock),
                        new PostgresEventShapes(jdbi),
                        new PostgresCapiReadings(jdbi),
                        this::sums,
                        profiles,
                        new ApiServices.LiveEvents(
                                tail,
                                Duration.ofMillis(200),
                                Duration.ofMinutes(1),
                                Duration.ofMillis(200),
                                MOST_STREAMS)),
                new ApiServices.Pipeline(
                        apps,
                        new ApiServices.ServerEvents(
                                request -> new Collector(new CapturingLog(), apps, EventAllowance.UNLIMITED, clock)
                                        .collectServer(request),
                                drafting(apps, clock)::draft),
                        Map.of(
                                Platform.META,
                                JudgingConnector.of(Platform.META, whileAsked),
                                Platform.TIKTOK,
                                JudgingConnector.of(Platform.TIKTOK, whileAsked)),
                        (platform, mode) -> "http://localhost:1",
                        event -> TrackingProbe.Sent.UNREACHABLE,
                        new ApiServices.Replays(deadLetters(), jobs, () -> OWN_STREAM)),
                "https://in.varve.example",
                clock);
    }

    private ApiServices.Account account(Jdbi jdbi) {
        return new ApiServices.Account(
                new PostgresChildOrganizations(jdbi),
                new PostgresIssuedKeys(jdbi),
                webhooks(),
                new WebhookTargets(
                        List.of(Cidr.parse("127.0.0.0/8")), host -> names.getOrDefault(host, List.of()).stream()
                                .map(InetAddress::ofLiteral)
                                .toList()),
                Settings.from(Map.of()).installation().sdks());
    }

    PostgresWebhookEndpoints webhooks() {
        return new PostgresWebhookEndpoints(database.jdbi(), VAULT);
    }

    private Accounting.Sums sums(
            UUID projectId, Platform platform, Optional<String> appId, Instant since, Instant until) {
        windows.add(since);
        windows.add(until);
        return accounts.getOrDefault(projectId, new Accounting.Sums(0, 0, Map.of(), Map.of(), 0, 0));
    }

    /// The real reader of events over a log that must not be touched.
    private static Collector drafting(IngestApps apps, InstantSource clock) {
        return new Collector(untouchable(EventLog.class), apps, untouchable(EventAllowance.class), clock);
    }

    static <T> T untouchable(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (_, method, _) -> {
            throw new AssertionError(method.getName() + " is not for previews");
        }));
    }

    /// The whole secret of a new key of a new organization.
    String key(String... scopes) {
        return key(organization(), Mode.LIVE, scopes);
    }

    Organization organization() {
        return organization(null);
    }

    Organization organization(@Nullable UUID parentId) {
        Organization organization = new Organization(
                UUID.randomUUID(), parentId, "Test", Organization.Status.ACTIVE, Mode.LIVE, null, Instant.now());
        new PostgresOrganizations(database.jdbi()).insert(organization);
        return organization;
    }

    String key(Organization organization, Mode env, String... scopes) {
        return key(organization, env, RateLimitTier.INTERNAL, scopes);
    }

    String key(Organization organization, Mode env, RateLimitTier tier, String... scopes) {
        KeyMint.MintedKey minted = new KeyMint()
                .mint(new KeyMint.Grant(organization.id(), env, "test", Scopes.of(scopes), tier), Instant.now());
        new PostgresApiKeys(database.jdbi()).insert(minted);
        return minted.secret();
    }

    record Reply(int status, JsonNode body, HttpResponse<String> raw) {
        String code() {
            return body.at("/error/code").asText();
        }
    }

    URI at(String path) {
        return URI.create("http://localhost:" + server.port() + "/v1" + path);
    }

    Reply call(String method, String path, String key, @Nullable String body) throws IOException, InterruptedException {
        return call(method, path, key, body, Map.of());
    }

    Reply call(String method, String path, String key, @Nullable String body, Map<String, String> headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(at(path))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        headers.forEach(request::header);
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return new Reply(response.statusCode(), JSON.readTree(response.body()), response);
    }

    private static final class ReversingVault implements Vault {
        @Override
        public byte[] encrypt(byte[] plaintext, byte[] associatedData) {
            return new StringBuilder(new String(plaintext, java.nio.charset.StandardCharsets.UTF_8))
                    .reverse()
                    .toString()
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        }

        @Override
        public byte[] decrypt(byte[] ciphertext, byte[] associatedData) {
            return encrypt(ciphertext, associatedData);
        }
    }

    /// Maps as the real one does, and reaches nobody.
    private record JudgingConnector(Platform platform, Connector real, Queue<Runnable> whileAsked)
            implements Connector {
        static JudgingConnector of(Platform platform, Queue<Runnable> whileAsked) {
            HttpClient nobody = HttpClient.newHttpClient();
            return new JudgingConnector(
                    platform,
                    switch (platform) {
                        case META -> new MetaConnector(nobody, InstantSource.system(), MetaSettings.DEFAULT);
                        case TIKTOK -> new TikTokConnector(nobody, InstantSource.system(), TikTokSettings.DEFAULT);
                    },
                    whileAsked);
        }

        @Override
        public Limits limits() {
            return new Limits(10, 10, 1000, 1, Duration.ofSeconds(1), new Rate(0, List.of(Duration.ofMinutes(1))));
        }

        @Override
        public boolean isStandardName(String name) {
            return false;
        }

        @Override
        public Preparation prepare(Candidate candidate, Destination destination, Instant now) {
            return real.prepare(candidate, destination, now);
        }

        @Override
        public MatchQuality matchQuality(PreparedEvent event) {
            return new MatchQuality(6.1, List.of("em"), List.of("ph"));
        }

        @Override
        public PlatformCounts counts(Destination destination, Instant from, Instant until) {
            return new PlatformCounts.Unreadable("this platform has no statistics");
        }

        @Override
        public Instant tooOldAt(LoggedEvent event, Destination destination) {
            return Instant.MAX;
        }

        @Override
        public AttemptOutcome send(Destination destination, List<PreparedEvent> events) {
            throw new AssertionError("nothing is sent here");
        }

        @Override
        public ProbeResult probe(Destination destination) {
            Optional.ofNullable(whileAsked.poll()).ifPresent(Runnable::run);
            Answer answer = new Answer(Instant.now(), Duration.ZERO, 200, 190, "judged", null);
            return switch (destination.accessToken().orElseThrow().value()) {
                case "good" -> new ProbeResult.Accepted(answer, true);
                case "mild" -> new ProbeResult.Accepted(answer, false);
                case "bad" -> new ProbeResult.TokenRefused(answer);
                default -> new ProbeResult.Unknown(answer);
            };
        }
    }
}
