package dev.varve.server.http;

import dev.varve.component.Ulid;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/// The id of a request, `req_<ULID>`: set once when it arrives, sent as `X-Request-Id` on every answer. A value
/// that the client sends is ignored.
public final class RequestId {
    public static final HeaderName HEADER = HeaderNames.create("X-Request-Id");

    private RequestId() {}

    /// Gives the request its id and puts it on the answer.
    public static String assign(ServerRequest request, ServerResponse response) {
        String id = Ulid.next("req_");
        request.context().register(RequestId.class, id);
        response.header(HEADER, id);
        return id;
    }

    public static String of(ServerRequest request) {
        return request.context().get(RequestId.class, String.class).orElse("req_unknown");
    }
}
