package dev.varve.server;

import org.slf4j.LoggerFactory;

/// Opens the platform sandbox. The only place that knows the sandbox module.
final class Sandboxes {
    private Sandboxes() {}

    /// `url` without a trailing slash.
    record Sandbox(String url, AutoCloseable closeable) {}

    /// For the test-mode projects of a server: nobody can change its faults or read it. Port 0 takes any free one.
    static Sandbox open(String host, int port) {
        return absent(host, port);
    }

    /// With its control routes, for demos and tests.
    static Sandbox openControllable(String host, int port) {
        return absent(host, port);
    }

    /// Until the sandbox module is there: an address where nobody listens.
    private static Sandbox absent(String host, int port) {
        LoggerFactory.getLogger(Sandboxes.class).warn("sandbox.absent {}:{}", host, port);
        return new Sandbox("http://127.0.0.1:9", () -> {});
    }
}
