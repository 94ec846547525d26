package dev.varve.server.api;

import dev.varve.audit.AuditTrail;
import dev.varve.collect.CollectOutcome;
import dev.varve.collect.DraftOutcome;
import dev.varve.collect.ServerRequest;
import dev.varve.delivery.DeadLetters;
import dev.varve.delivery.Jobs;
import dev.varve.destination.Connector;
import dev.varve.event.Platform;
import dev.varve.health.Accounting;
import dev.varve.health.CapiReadings;
import dev.varve.health.EventShapes;
import dev.varve.health.LiveTail;
import dev.varve.health.Timeline;
import dev.varve.identity.Profiles;
import dev.varve.server.config.SdkPackages;
import dev.varve.server.webhook.WebhookTargets;
import dev.varve.tenant.ApiKeys;
import dev.varve.tenant.ChildOrganizations;
import dev.varve.tenant.IngestApps;
import dev.varve.tenant.IssuedKeys;
import dev.varve.tenant.Layers;
import dev.varve.tenant.Organizations;
import dev.varve.tenant.PlatformEndpoints;
import dev.varve.tenant.ProjectChanges;
import dev.varve.tenant.Projects;
import dev.varve.tenant.SdkApps;
import dev.varve.webhook.WebhookEndpoints;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;

/// Everything the Partner API works with. `ingestUrl`: the public address of the ingest host, without `/l` and
/// without a trailing slash.
public record ApiServices(
        Credentials credentials,
        Catalog catalog,
        Readings readings,
        Pipeline pipeline,
        String ingestUrl,
        InstantSource clock) {

    public record Credentials(Organizations organizations, ApiKeys apiKeys) {}

    /// What customers configure. `changes` and `audit` are told after every write.
    public record Catalog(
            Projects projects,
            SdkApps sdkApps,
            Layers layers,
            ProjectChanges changes,
            AuditTrail audit,
            Account account) {}

    /// What belongs to an organization itself. `packages`: where its SDKs are.
    public record Account(
            ChildOrganizations children,
            IssuedKeys keys,
            WebhookEndpoints webhooks,
            WebhookTargets targets,
            SdkPackages packages) {}

    public record Readings(
            Timeline timeline,
            EventShapes shapes,
            CapiReadings capi,
            Accounting accounting,
            Profiles profiles,
            LiveEvents live) {}

    /// `tail` is polled by somebody else. `heartbeat`: a comment is sent so often; `lifetime`: of a stream;
    /// `keyCheck`: how often its key is looked at; `most`: streams open at once, of all keys.
    public record LiveEvents(LiveTail tail, Duration heartbeat, Duration lifetime, Duration keyCheck, int most) {
        public static LiveEvents of(LiveTail tail, int most) {
            return new LiveEvents(tail, Duration.ofSeconds(15), Duration.ofHours(1), Duration.ofSeconds(2), most);
        }
    }

    public record Pipeline(
            IngestApps ingestApps,
            ServerEvents serverEvents,
            Map<Platform, Connector> connectors,
            PlatformEndpoints endpoints,
            TrackingProbe probe,
            Replays replays) {
        public Pipeline {
            connectors = Map.copyOf(connectors);
        }
    }

    /// What was given up, and the work of sending it again. `ownStream`: the log stream of this process, whose lease
    /// covers that work.
    public record Replays(DeadLetters deadLetters, Jobs jobs, LongSupplier ownStream) {}

    /// Events of servers. `collecting`: `Collector::collectServer`; `drafting`: `Collector::draft`, which
    /// stores nothing.
    public record ServerEvents(
            Function<ServerRequest, CollectOutcome> collecting, Function<ServerRequest, DraftOutcome> drafting) {
        /// @throws dev.varve.eventlog.EventLogUnavailableException when nothing was stored
        CollectOutcome collect(ServerRequest request) {
            return collecting.apply(request);
        }

        DraftOutcome draft(ServerRequest request) {
            return drafting.apply(request);
        }
    }
}
