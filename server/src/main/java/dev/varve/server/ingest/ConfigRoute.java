package dev.varve.server.ingest;

import dev.varve.collect.Collector;
import dev.varve.identity.Sha256;
import dev.varve.tenant.IngestApp;
import dev.varve.tenant.IngestApps;
import dev.varve.tenant.RemoteConfig;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `GET /config` of the ingest host: the SDK's configuration, with a strong `ETag`.
public final class ConfigRoute {
    private final IngestApps apps;

    public ConfigRoute(IngestApps apps) {
        this.apps = apps;
    }

    public void register(HttpRules rules) {
        IngestCall.register(rules, "GET", "/config", this::answer);
    }

    private void answer(ServerRequest request, ServerResponse response) {
        RemoteConfig config = app(request).remoteConfig();
        String tag = "\"" + config.version() + "\"";
        response.header(HeaderNames.ETAG, tag);
        if (isKnown(request.headers(), tag)) {
            response.status(Status.NOT_MODIFIED_304);
            response.send();
            return;
        }
        response.header(IngestRoutes.JSON);
        response.send(config.document());
    }

    private IngestApp app(ServerRequest request) {
        @Nullable String appId = IngestCall.appId(request);
        Optional<IngestApp> app = appId == null ? Optional.empty() : apps.find(appId);
        return app.filter(known ->
                        Collector.isAuthentic(IngestCall.sdkRequest(request, appId, new byte[0]), known, new Sha256()))
                .orElseThrow(IngestCall::unauthenticated);
    }

    /// One of the client's tags is the present one. RFC 9110 compares weakly here, so a proxy's `W/` does no harm.
    private static boolean isKnown(ServerRequestHeaders headers, String tag) {
        if (!headers.contains(HeaderNames.IF_NONE_MATCH)) {
            return false;
        }
        for (String line : headers.get(HeaderNames.IF_NONE_MATCH).allValues()) {
            for (String known : line.split(",")) {
                String bare = known.strip();
                if (bare.equals("*") || bare.equals(tag) || bare.equals("W/" + tag)) {
                    return true;
                }
            }
        }
        return false;
    }
}
