package dev.varve.server;

import dev.varve.server.config.PlatformSettings;
import dev.varve.server.config.Settings;
import dev.varve.store.postgres.tenant.PostgresApiKeys;
import dev.varve.store.postgres.tenant.PostgresOrganizations;
import dev.varve.tenant.Mode;
import dev.varve.tenant.PlatformEndpoints;
import java.net.URI;
import java.time.Instant;
import org.jdbi.v3.core.Jdbi;

/// All wiring, by hand: makes the parts in order, and closes them in the reverse order.
final class Assembly implements AutoCloseable {
    private final Settings settings;
    private final Addresses addresses;
    private final Parts parts = new Parts();
    private final Bootstrap bootstrap;
    private final String sandboxUrl;

    /// Returns when the server accepts events.
    static Assembly start(Settings settings) {
        return new Assembly(settings, LivePlatforms.REAL);
    }

    /// The same, but live projects reach the sandbox too and its control routes are open to this machine.
    static Assembly startOnSandbox(Settings settings) {
        return new Assembly(settings, LivePlatforms.SANDBOX);
    }

    private enum LivePlatforms {
        REAL,
        SANDBOX
    }

    private Assembly(Settings given, LivePlatforms platforms) {
        this.addresses = Addresses.of(given.http());
        try {
            parts.own(DataDirectory.open(given.installation().data()));
            Ports.requireFree(addresses.listening());
            Ports.requireFree("127.0.0.1", given.platforms().sandboxPort(), "sandbox-port");
            this.sandboxUrl = openSandbox(given, platforms);
            this.settings = platforms == LivePlatforms.REAL
                    ? given
                    : given.withPlatforms(given.platforms().allAt(URI.create(sandboxUrl)));
            this.bootstrap = assemble();
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    Bootstrap bootstrap() {
        return bootstrap;
    }

    String sandboxUrl() {
        return sandboxUrl;
    }

    /// Stops accepting, then lets the relay finish, then closes the store.
    @Override
    public void close() {
        parts.close();
    }

    private Bootstrap assemble() {
        StoreParts stored = StoreParts.open(settings, parts);
        PipelineParts pipeline = PipelineParts.open(settings, stored, endpoints(), parts);
        Jdbi jdbi = stored.database().jdbi();
        Bootstrap first = new FirstStart(new PostgresOrganizations(jdbi), new PostgresApiKeys(jdbi))
                .bootstrap(settings.installation().data(), addresses.api(), addresses.ingest(), Instant.now());
        new ApiParts(settings, addresses, stored, pipeline, parts).open();
        return first;
    }

    private String openSandbox(Settings given, LivePlatforms platforms) {
        int port = given.platforms().sandboxPort();
        Sandboxes.Sandbox sandbox =
                switch (platforms) {
                    case REAL -> Sandboxes.open("127.0.0.1", port);
                    case SANDBOX -> Sandboxes.openControllable("127.0.0.1", port);
                };
        parts.own(sandbox.closeable());
        return sandbox.url();
    }

    /// Test-mode projects only ever reach the sandbox inside this process.
    private PlatformEndpoints endpoints() {
        PlatformSettings live = settings.platforms();
        return (platform, mode) -> switch (mode) {
            case Mode.TEST -> sandboxUrl;
            case Mode.LIVE ->
                switch (platform) {
                    case META -> live.metaBaseUrl().toString();
                    case TIKTOK -> live.tiktokBaseUrl().toString();
                };
        };
    }
}
