package dev.varve.server;

import dev.varve.click.ClickRelay;
import dev.varve.postback.AppleKeys;
import dev.varve.postback.PostbackCollector;
import dev.varve.server.config.Settings;
import dev.varve.server.ingest.BodyReader;
import dev.varve.server.ingest.ClickRoute;
import dev.varve.server.ingest.ClientAddress;
import dev.varve.server.ingest.ConfigRoute;
import dev.varve.server.ingest.IngestHost;
import dev.varve.server.ingest.IngestRoutes;
import dev.varve.server.ingest.PersonRoute;
import dev.varve.server.ingest.PostbackRoute;
import dev.varve.server.ingest.ProbeCredential;
import dev.varve.store.postgres.identity.PostgresProfiles;
import dev.varve.store.postgres.ingest.PostgresClicks;
import dev.varve.store.postgres.ingest.PostgresPostbacks;
import io.helidon.webserver.http.HttpRules;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;

/// The ingest host's routes.
record IngestParts(Settings settings, StoreParts stored, PipelineParts pipeline, Parts parts) {
    List<Consumer<HttpRules>> routes(BodyReader bodies) {
        return List.of(events(bodies)::register, others(bodies)::register);
    }

    private IngestRoutes events(BodyReader bodies) {
        return new IngestRoutes(
                pipeline.collector()::collectSdk,
                bodies,
                new ClientAddress(settings.http().trustedProxies()),
                new ProbeCredential(stored.probe()),
                pipeline.meter());
    }

    private IngestHost others(BodyReader bodies) {
        return new IngestHost(
                PersonRoute.properties(pipeline.people().profiles()::describe, bodies),
                PersonRoute.consent(pipeline.people().consents()::state, bodies),
                new ConfigRoute(pipeline.tenancy().apps()),
                new PostbackRoute(postbacks()::take, bodies),
                new ClickRoute(clicks(), new ClientAddress(settings.http().trustedProxies())));
    }

    private PostbackCollector postbacks() {
        PostbackCollector postbacks = new PostbackCollector(
                new PostgresPostbacks(jdbi()),
                pipeline.tenancy().apps(),
                pipeline.people().allowance(),
                pipeline.collector()::collectServer,
                AppleKeys.APPLE,
                Clock.systemUTC());
        parts.repeat(Duration.ofSeconds(10), postbacks::attach);
        return postbacks;
    }

    private ClickRelay clicks() {
        return new ClickRelay(
                pipeline.tenancy().apps(),
                pipeline.people().allowance(),
                new PostgresClicks(jdbi()),
                new PostgresProfiles(jdbi()),
                Clock.systemUTC());
    }

    private Jdbi jdbi() {
        return stored.database().jdbi();
    }
}
