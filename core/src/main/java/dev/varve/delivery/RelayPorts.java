package dev.varve.delivery;

import dev.varve.destination.Destinations;
import dev.varve.destination.PixelApps;
import dev.varve.eventlog.EventLog;
import dev.varve.identity.ConsentLookup;
import dev.varve.identity.Profiles;
import dev.varve.tenant.IngestApps;

/// The stores the relay works with.
public record RelayPorts(
        EventLog log,
        DeliveryLedger ledger,
        IngestApps apps,
        Destinations destinations,
        People people,
        PixelApps pixelApps) {

    /// What is known of people and installs, and what they withheld.
    public record People(Profiles profiles, ConsentLookup consents) {}

    /// With nobody's consent on record.
    public RelayPorts(
            EventLog log,
            DeliveryLedger ledger,
            IngestApps apps,
            Destinations destinations,
            Profiles profiles,
            PixelApps pixelApps) {
        this(log, ledger, apps, destinations, new People(profiles, ConsentLookup.NONE), pixelApps);
    }

    Profiles profiles() {
        return people.profiles();
    }
}
