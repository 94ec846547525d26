package dev.varve.server;

import dev.varve.sandbox.SandboxOptions;
import dev.varve.sandbox.SandboxServer;
import dev.varve.sandbox.sim.Bounds;
import java.net.InetSocketAddress;

/// Opens the platform sandbox. The only place that knows the sandbox module.
final class Sandboxes {
    /// Inside the server the sandbox shares a small heap with everything else.
    private static final Bounds WITHIN_SERVER = new Bounds(500, 2 << 20, 1_000, 2 << 20, 20_000, 2 << 20);

    private Sandboxes() {}

    /// `url` without a trailing slash.
    record Sandbox(String url, AutoCloseable closeable) {}

    /// For the test-mode projects of a server: nobody can change its faults or read it. Port 0 takes any free one.
    static Sandbox open(String host, int port) {
        return open(host, port, SandboxOptions.PRODUCT.withBounds(WITHIN_SERVER));
    }

    /// The same with its control routes, for demos.
    static Sandbox openControllable(String host, int port) {
        return open(host, port, SandboxOptions.CONTROLLED.withBounds(WITHIN_SERVER));
    }

    /// A process of its own, for anybody's tests: remembers two million event ids.
    static Sandbox openAlone(String host, int port) {
        return open(host, port, SandboxOptions.CONTROLLED);
    }

    private static Sandbox open(String host, int port, SandboxOptions options) {
        SandboxServer server = SandboxServer.start(new InetSocketAddress(host, port), options);
        return new Sandbox(server.url(), server);
    }
}
