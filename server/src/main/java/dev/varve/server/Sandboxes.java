package dev.varve.server;

import dev.varve.server.config.SettingsException;

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

    private static Sandbox absent(String host, int port) {
        throw new SettingsException("The platform sandbox (" + host + ":" + port + ") is not part of this build.");
    }
}
