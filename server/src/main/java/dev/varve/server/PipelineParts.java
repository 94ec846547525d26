package dev.varve.server;

import dev.varve.collect.Collector;
import dev.varve.collect.ConsentCollector;
import dev.varve.collect.EventAllowance;
import dev.varve.collect.ProfileCollector;
import dev.varve.connectors.PlatformHttp;
import dev.varve.delivery.MemoryBudget;
import dev.varve.delivery.Relay;
import dev.varve.delivery.RelayPorts;
import dev.varve.destination.Connector;
import dev.varve.destination.PixelApps;
import dev.varve.eventlog.EventLog;
import dev.varve.health.AccountingWatch;
import dev.varve.identity.ConsentLookup;
import dev.varve.server.config.Settings;
import dev.varve.server.ingest.AppEventAllowance;
import dev.varve.server.ingest.IngestMeter;
import dev.varve.server.observe.BacklogGauges;
import dev.varve.server.observe.LaneGauges;
import dev.varve.server.observe.LayerGauges;
import dev.varve.server.observe.MeteredLedger;
import dev.varve.server.observe.MeteredNotices;
import dev.varve.store.postgres.Database;
import dev.varve.store.postgres.Patience;
import dev.varve.store.postgres.health.LayerTallies;
import dev.varve.store.postgres.identity.CachedConsents;
import dev.varve.store.postgres.identity.PostgresConsents;
import dev.varve.store.postgres.identity.PostgresProfiles;
import dev.varve.store.postgres.ledger.BacklogSizes;
import dev.varve.store.postgres.ledger.PostgresDeliveryLedger;
import dev.varve.store.postgres.log.PostgresEventLog;
import dev.varve.store.postgres.log.Retention;
import dev.varve.store.postgres.tenant.CachedDestinations;
import dev.varve.store.postgres.tenant.CachedIngestApps;
import dev.varve.store.postgres.tenant.CachedPixelApps;
import dev.varve.store.postgres.tenant.DestinationRows;
import dev.varve.store.postgres.tenant.TenantChanges;
import dev.varve.store.postgres.timeline.PostgresAccounting;
import dev.varve.store.postgres.timeline.PostgresImbalances;
import dev.varve.tenant.PlatformEndpoints;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.jdbi.v3.core.Jdbi;

/// From the collector to the platforms: the log, the relay, and what looks after both.
record PipelineParts(
        EventLog log,
        Collector collector,
        People people,
        List<Connector> connectors,
        IngestMeter meter,
        Tenancy tenancy) {
    private static final Duration ACCOUNTING = Duration.ofMinutes(5);

    /// Two in a row and their answers within half a second, before copies count as old.
    private static final Duration TENANT_CHANGES = Duration.ofMillis(200);

    /// What SDKs tell of people. `allowance`: of all that an app may send.
    record People(ProfileCollector profiles, ConsentCollector consents, EventAllowance allowance) {}

    /// Who the relay and ingest work for, as they remember it.
    record Tenancy(
            CachedIngestApps apps, CachedDestinations destinations, PixelApps pixels, PlatformEndpoints endpoints) {
        void changed(UUID projectId) {
            apps.changed(projectId);
            destinations.changed(projectId);
        }
    }

    static PipelineParts open(Settings settings, StoreParts stored, PlatformEndpoints endpoints, Parts parts) {
        Jdbi jdbi = stored.database().jdbi();
        Tenancy tenancy = openTenancy(stored, endpoints, parts);
        PostgresEventLog log = openLog(settings, stored.database(), parts);
        List<Connector> connectors = connectors(settings, parts);
        CachedConsents consents = CachedConsents.open(new PostgresConsents(jdbi));
        parts.repeat(Duration.ofSeconds(1), consents::refresh);
        Jdbi patient = stored.database().jdbi(Patience.BACKGROUND);
        RelayPorts ports = relayPorts(patient, log, tenancy, consents, parts);
        openRelay(settings, patient, ports, connectors, parts);
        openHealthWatch(settings, stored, endpoints, connectors, parts);
        openAccountingWatch(stored.database().jdbi(Patience.LONG), parts);
        EventAllowance allowance =
                AppEventAllowance.perMinute(settings.pipeline().ingestEventsPerMinutePerApp());
        return new PipelineParts(
                log,
                new Collector(log, tenancy.apps(), consents, allowance, Clock.systemUTC()),
                new People(
                        new ProfileCollector(new PostgresProfiles(jdbi), tenancy.apps(), allowance, Clock.systemUTC()),
                        new ConsentCollector(consents, tenancy.apps(), allowance, Clock.systemUTC()),
                        allowance),
                connectors,
                meter(parts),
                tenancy);
    }

    private static Tenancy openTenancy(StoreParts stored, PlatformEndpoints endpoints, Parts parts) {
        Jdbi jdbi = stored.database().jdbi();
        TenantChanges changes = new TenantChanges(jdbi);
        Tenancy tenancy = new Tenancy(
                CachedIngestApps.open(jdbi, changes),
                CachedDestinations.open(jdbi, stored.vault(), endpoints, changes),
                CachedPixelApps.open(stored.database().jdbi(Patience.BACKGROUND), changes),
                endpoints);
        parts.repeat(TENANT_CHANGES, changes::poll);
        return tenancy;
    }

    private static PostgresEventLog openLog(Settings settings, Database database, Parts parts) {
        PostgresEventLog log = parts.watch(parts.own(PostgresEventLog.open(database, Clock.systemUTC())));
        parts.counter("varve.log.events", "Events stored, without repeats", log, PostgresEventLog::committedEvents);
        parts.counter("varve.log.groups", "Transactions that stored them", log, PostgresEventLog::committedGroups);
        parts.gauge("varve.log.queued.requests", log::queuedRequests);
        parts.gauge("varve.log.queued.bytes", log::queuedBytes);
        Retention retention =
                new Retention(database, Duration.ofDays(settings.pipeline().matchingDays()));
        parts.repeat(Duration.ofHours(1), () -> retention.apply(Instant.now()));
        return log;
    }

    private static RelayPorts relayPorts(
            Jdbi jdbi, EventLog log, Tenancy tenancy, ConsentLookup consents, Parts parts) {
        return new RelayPorts(
                log,
                new MeteredLedger(new PostgresDeliveryLedger(jdbi), parts.metrics()),
                tenancy.apps(),
                tenancy.destinations(),
                new RelayPorts.People(new PostgresProfiles(jdbi), consents),
                tenancy.pixels());
    }

    private static void openRelay(
            Settings settings, Jdbi jdbi, RelayPorts ports, List<Connector> connectors, Parts parts) {
        Relay relay =
                new Relay(ports, connectors, settings.pipeline().delivery(), MemoryBudget.ofHeap(), Clock.systemUTC());
        parts.watch(parts.own(relay));
        relay.start();
        parts.gauge("varve.relay.open.events", relay::openEvents);
        parts.gauge("varve.relay.waiting.rows", relay::waitingRows);
        LaneGauges.register(relay, parts.metrics());
        BacklogGauges backlog = new BacklogGauges(new BacklogSizes(jdbi), parts.metrics());
        LayerGauges layers = new LayerGauges(new LayerTallies(jdbi), parts.metrics());
        parts.repeat(Duration.ofSeconds(15), () -> backlog.refresh(Instant.now()));
        parts.repeat(Duration.ofSeconds(30), layers::refresh);
    }

    private static void openHealthWatch(
            Settings settings,
            StoreParts stored,
            PlatformEndpoints endpoints,
            List<Connector> connectors,
            Parts parts) {
        HealthWatch health = parts.own(HealthWatch.start(
                stored.database().jdbi(Patience.BACKGROUND),
                new DestinationRows(stored.vault(), endpoints),
                connectors,
                settings.platforms().pace(),
                Clock.systemUTC()));
        health.components().forEach(parts::watch);
    }

    private static void openAccountingWatch(Jdbi jdbi, Parts parts) {
        AccountingWatch accounting = parts.watch(
                new AccountingWatch(new PostgresImbalances(jdbi), new PostgresAccounting(jdbi), Clock.systemUTC()));
        parts.gauge("varve.accounting.unexplained.events", accounting::unexplained);
        parts.repeat(ACCOUNTING, accounting::look);
    }

    private static List<Connector> connectors(Settings settings, Parts parts) {
        HttpClient client = PlatformHttp.newClient(parts.own(Executors.newVirtualThreadPerTaskExecutor()));
        parts.own(client::shutdownNow);
        return Connectors.of(client, Clock.systemUTC(), settings.platforms(), new MeteredNotices(parts.metrics()));
    }

    private static IngestMeter meter(Parts parts) {
        IngestMeter meter = new IngestMeter(parts.metrics());
        parts.repeat(Duration.ofSeconds(1), meter::writeLine);
        return meter;
    }
}
