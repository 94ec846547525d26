package dev.varve.server;

import dev.varve.sandbox.SandboxOptions;
import dev.varve.sandbox.SandboxServer;
import java.net.InetSocketAddress;

/// Opens the platform sandbox. The only place that knows the sandbox module.
final class Sandboxes {
    private Sandboxes() {}

    /// `url` without a trailing slash.
    record Sandbox(String url, AutoCloseable closeable) {}

    /// For the test-mode projects of a server: nobody can change its faults or read it. Port 0 takes any free one.
    static Sandbox open(String host, int port) {
        return open(host, port, SandboxOptions.PRODUCT);
    }

    /// With its control routes, for demos and tests.
    static Sandbox openControllable(String host, int port) {
        return open(host, port, SandboxOptions.CONTROLLED);
    }

    private static Sandbox open(String host, int port, SandboxOptions options) {
        SandboxServer server = SandboxServer.start(new InetSocketAddress(host, port), options);
        return new Sandbox(server.url(), server);
    }
}
