package dev.varve.server.ingest;

import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/// Lets browsers of any site talk to ingest: the origin is echoed, credentials are allowed because beacons send
/// them, and no cookie is ever read. See the contract, 5.1.
public final class Cors {
    private static final HeaderName ORIGIN = HeaderNames.create("Origin");
    private static final HeaderName ALLOW_ORIGIN = HeaderNames.create("Access-Control-Allow-Origin");
    private static final Header CREDENTIALS = HeaderValues.createCached("Access-Control-Allow-Credentials", "true");
    private static final Header METHODS = HeaderValues.createCached("Access-Control-Allow-Methods", "GET, POST");
    private static final Header HEADERS = HeaderValues.createCached(
            "Access-Control-Allow-Headers",
            "Content-Type, X-App-Id, X-Api-Key, Authorization, X-SDK-Version, X-Environment, If-None-Match");
    private static final Header EXPOSED =
            HeaderValues.createCached("Access-Control-Expose-Headers", "ETag, Retry-After, X-Request-Id");
    private static final Header MAX_AGE = HeaderValues.createCached("Access-Control-Max-Age", "86400");
    private static final Header VARY = HeaderValues.createCached("Vary", "Origin");

    private Cors() {}

    /// For every answer, errors included.
    public static void decorate(ServerRequest request, ServerResponse response) {
        if (!request.headers().contains(ORIGIN)) {
            return;
        }
        response.header(ALLOW_ORIGIN, request.headers().get(ORIGIN).get());
        response.header(CREDENTIALS);
        response.header(EXPOSED);
        response.header(VARY);
    }

    public static void preflight(ServerRequest request, ServerResponse response) {
        decorate(request, response);
        response.header(METHODS);
        response.header(HEADERS);
        response.header(MAX_AGE);
        response.status(Status.NO_CONTENT_204);
        response.send();
    }
}
