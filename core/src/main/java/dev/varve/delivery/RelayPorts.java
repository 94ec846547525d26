package dev.varve.delivery;

import dev.varve.destination.Destinations;
import dev.varve.destination.PixelApps;
import dev.varve.eventlog.EventLog;
import dev.varve.identity.Profiles;
import dev.varve.tenant.IngestApps;

/// The stores the relay works with.
public record RelayPorts(
        EventLog log,
        DeliveryLedger ledger,
        IngestApps apps,
        Destinations destinations,
        Profiles profiles,
        PixelApps pixelApps) {}
