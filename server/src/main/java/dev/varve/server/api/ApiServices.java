package dev.varve.server.api;

import dev.varve.collect.CollectOutcome;
import dev.varve.collect.ServerRequest;
import dev.varve.destination.Connector;
import dev.varve.event.Platform;
import dev.varve.health.CapiReadings;
import dev.varve.health.Timeline;
import dev.varve.tenant.ApiKeys;
import dev.varve.tenant.IngestApps;
import dev.varve.tenant.Layers;
import dev.varve.tenant.Organizations;
import dev.varve.tenant.PlatformEndpoints;
import dev.varve.tenant.ProjectChanges;
import dev.varve.tenant.Projects;
import dev.varve.tenant.SdkApps;
import java.time.InstantSource;
import java.util.Map;

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

    /// What customers configure. `changes` is told after every write.
    public record Catalog(Projects projects, SdkApps sdkApps, Layers layers, ProjectChanges changes) {}

    public record Readings(Timeline timeline, CapiReadings capi) {}

    public record Pipeline(
            IngestApps ingestApps,
            ServerEvents serverEvents,
            Map<Platform, Connector> connectors,
            PlatformEndpoints endpoints,
            TrackingProbe probe) {
        public Pipeline {
            connectors = Map.copyOf(connectors);
        }
    }

    /// Takes the events of `POST /v1/events`: `Collector::collectServer`.
    @FunctionalInterface
    public interface ServerEvents {
        /// @throws dev.varve.eventlog.EventLogUnavailableException when nothing was stored
        CollectOutcome collect(ServerRequest request);
    }
}
