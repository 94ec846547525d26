package dev.varve.server.config;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Where the server listens and how it is reached. Port 0 takes any free one (for tests).
public record HttpSettings(
        String bind,
        int port,
        OptionalInt ingestPort,
        Optional<URI> publicUrl,
        Optional<URI> ingestUrl,
        List<Cidr> trustedProxies) {
    public HttpSettings {
        trustedProxies = List.copyOf(trustedProxies);
        requirePort("port", port);
        ingestPort.ifPresent(p -> requirePort("ingest-port", p));
        if (port != 0 && ingestPort.isPresent() && ingestPort.getAsInt() == port) {
            throw new SettingsException(
                    "ingest-port: must differ from port " + port + "; leave it out to share that port");
        }
    }

    static HttpSettings from(SettingValues values) {
        return new HttpSettings(
                values.text("bind").orElse("0.0.0.0"),
                values.integer("port"),
                values.optionalInteger("ingest-port"),
                values.url("public-url"),
                values.url("ingest-url"),
                values.networks("trusted-proxies"));
    }

    static void requirePort(String name, int port) {
        if (port < 0 || port > 65_535) {
            throw new SettingsException(name + ": " + port + " is not a port (0 to 65535)");
        }
    }
}
