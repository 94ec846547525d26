package dev.varve.server.config;

import java.util.List;

/// What partners may do: where webhooks may go besides public addresses, and how much keys of the tier `internal` may
/// call, and how many event streams are open at once in all.
public record PartnerSettings(List<Cidr> webhookNetworks, Allowance internalTier, int eventStreams) {
    public PartnerSettings {
        webhookNetworks = List.copyOf(webhookNetworks);
        if (eventStreams < 1) {
            throw new SettingsException("event-streams: " + eventStreams + " is not at least 1");
        }
    }
}
