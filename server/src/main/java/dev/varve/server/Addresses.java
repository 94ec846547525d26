package dev.varve.server;

import dev.varve.server.config.HttpSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.OptionalInt;

/// How the server is reached: by others (`api`, `ingest`, no trailing slash) and by itself (`localIngest`).
record Addresses(HttpSettings listening, String api, String ingest, String localIngest) {

    /// Settles port 0 to a free port, because the URLs are needed before the port is open.
    static Addresses of(HttpSettings settings) {
        HttpSettings settled = settle(settings);
        String api = settled.publicUrl().map(URI::toString).orElse("http://localhost:" + settled.port());
        String ingest = settled.ingestUrl()
                .map(URI::toString)
                .orElse(
                        settled.ingestPort().isPresent()
                                ? "http://localhost:" + settled.ingestPort().getAsInt()
                                : api);
        String host = settled.bind().equals("0.0.0.0") || settled.bind().equals("::") ? "127.0.0.1" : settled.bind();
        int port = settled.ingestPort().orElse(settled.port());
        return new Addresses(
                settled, api, ingest, "http://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port);
    }

    private static HttpSettings settle(HttpSettings settings) {
        return new HttpSettings(
                settings.bind(),
                settings.port() == 0 ? freePort() : settings.port(),
                settings.ingestPort().equals(OptionalInt.of(0)) ? OptionalInt.of(freePort()) : settings.ingestPort(),
                settings.publicUrl(),
                settings.ingestUrl(),
                settings.trustedProxies());
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
