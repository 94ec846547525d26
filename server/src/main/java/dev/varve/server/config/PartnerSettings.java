package dev.varve.server.config;

import java.util.List;

/// What partners may do: where webhooks may go besides public addresses, and how much keys of the tier `internal` may
/// call.
public record PartnerSettings(List<Cidr> webhookNetworks, Allowance internalTier) {
    public PartnerSettings {
        webhookNetworks = List.copyOf(webhookNetworks);
    }
}
