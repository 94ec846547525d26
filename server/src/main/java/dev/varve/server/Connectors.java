package dev.varve.server;

import dev.varve.connectors.AppCredentials;
import dev.varve.connectors.meta.MetaConnector;
import dev.varve.connectors.meta.MetaSettings;
import dev.varve.connectors.tiktok.TikTokConnector;
import dev.varve.connectors.tiktok.TikTokSettings;
import dev.varve.destination.Connector;
import dev.varve.destination.Notices;
import dev.varve.server.config.PlatformSettings;
import java.net.http.HttpClient;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// The connectors of all platforms, set up as the operator says.
final class Connectors {
    private Connectors() {}

    /// `client`: as `PlatformHttp.newClient` makes it.
    static List<Connector> of(HttpClient client, InstantSource clock, PlatformSettings settings, Notices notices) {
        PlatformSettings.Apps apps = settings.apps();
        PlatformSettings.Dialects dialects = settings.dialects();
        return List.of(
                new MetaConnector(
                        client,
                        clock,
                        MetaSettings.DEFAULT
                                .withVersions(new MetaSettings.Versions(dialects.metaCapi(), dialects.metaInsights()))
                                .withApp(credentials(apps.meta()))),
                new TikTokConnector(
                        client,
                        clock,
                        TikTokSettings.DEFAULT
                                .withMaxEventAge(dialects.tiktokMaxEventAge())
                                .withApp(credentials(apps.tiktok())),
                        notices));
    }

    private static Optional<AppCredentials> credentials(Optional<PlatformSettings.App> app) {
        return app.map(known -> new AppCredentials(known.id(), known.secret().value()));
    }
}
