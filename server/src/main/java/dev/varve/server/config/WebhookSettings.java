package dev.varve.server.config;

import java.util.List;

/// Where webhooks may go besides public addresses.
public record WebhookSettings(List<Cidr> allowedNetworks) {
    public WebhookSettings {
        allowedNetworks = List.copyOf(allowedNetworks);
    }
}
