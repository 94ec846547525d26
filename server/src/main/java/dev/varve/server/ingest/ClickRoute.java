package dev.varve.server.ingest;

import dev.varve.click.ClickRelay;
import dev.varve.click.ClickTarget;
import dev.varve.event.RequestOrigin;
import dev.varve.server.http.ApiException;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/// `GET /c/:appId` of the ingest host: sends people on to the app's own site or its store.
public final class ClickRoute {
    private static final int MAX_USER_AGENT = 2_000;

    private final ClickRelay relay;
    private final ClientAddress clientAddress;

    public ClickRoute(ClickRelay relay, ClientAddress clientAddress) {
        this.relay = relay;
        this.clientAddress = clientAddress;
    }

    public void register(HttpRules rules) {
        IngestCall.register(rules, "GET", "/c/{appId}", this::follow);
    }

    private void follow(ServerRequest request, ServerResponse response) {
        String appId = request.path().pathParameters().get("appId");
        String query = request.query().isEmpty() ? null : request.query().rawValue();
        ClickTarget target =
                relay.follow(appId, query, origin(request)).orElseThrow(() -> ApiException.notFound("App"));
        response.header(HeaderNames.CACHE_CONTROL, "no-store");
        switch (target) {
            case ClickTarget.Allowed(var location) -> {
                response.status(Status.FOUND_302);
                response.header(HeaderNames.LOCATION, location);
                response.send();
            }
            case ClickTarget.Refused(var why) ->
                throw ApiException.invalid("url", why).withStatus(400);
        }
    }

    private RequestOrigin origin(ServerRequest request) {
        String userAgent = IngestRoutes.header(request.headers(), HeaderNames.USER_AGENT);
        return new RequestOrigin(
                clientAddress.of(request.remotePeer().address(), request.headers()),
                userAgent != null && userAgent.length() > MAX_USER_AGENT
                        ? userAgent.substring(0, MAX_USER_AGENT)
                        : userAgent);
    }
}
