package dev.varve.server.ingest;

import dev.varve.postback.PostbackOutcome;
import dev.varve.postback.PostbackRequest;
import dev.varve.postback.PostbackRequest.Door;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ErrorCode;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Apple's postbacks: `POST /skan/postbacks`, and the paths to which devices report by themselves. A 200 leaves after
/// the postback is stored; a device repeats on any other answer.
public final class PostbackRoute {
    private static final int MAX_BYTES = 16 * 1024;
    private static final List<String> WELL_KNOWN =
            List.of("/.well-known/skadnetwork/report-attribution", "/.well-known/appattribution/report-attribution");
    private static final byte[] DONE = "{}".getBytes(StandardCharsets.US_ASCII);

    private final Function<PostbackRequest, PostbackOutcome> collector;
    private final BodyReader bodies;

    public PostbackRoute(Function<PostbackRequest, PostbackOutcome> collector, BodyReader bodies) {
        this.collector = collector;
        this.bodies = bodies;
    }

    public void register(HttpRules rules) {
        IngestCall.register(
                rules,
                "POST",
                "/skan/postbacks",
                (request, response) -> take(request, response, Door.ROUTE, IngestCall.appId(request)));
        for (String path : WELL_KNOWN) {
            for (String form : List.of(path, path + "/")) {
                IngestCall.registerAt(
                        rules, "POST", form, (request, response) -> take(request, response, Door.WELL_KNOWN, null));
            }
        }
    }

    private void take(ServerRequest request, ServerResponse response, Door door, @Nullable String appId) {
        try (BodyReader.Body body = read(request)) {
            if (body.bytes().length > MAX_BYTES) {
                throw tooLarge();
            }
            answer(collector.apply(
                    new PostbackRequest(IngestCall.sdkRequest(request, appId, body.bytes()), host(request), door)));
            response.header(IngestRoutes.JSON);
            response.send(DONE);
        }
    }

    private BodyReader.Body read(ServerRequest request) {
        try {
            return bodies.read(request);
        } catch (ApiException e) {
            throw e.code() == ErrorCode.PAYLOAD_TOO_LARGE ? tooLarge() : e;
        }
    }

    private static void answer(PostbackOutcome outcome) {
        switch (outcome) {
            case PostbackOutcome.Taken() -> {}
            case PostbackOutcome.NotJson() ->
                throw ApiException.invalid("", "expected a JSON object, got something else")
                        .withStatus(400);
            case PostbackOutcome.Unauthenticated() -> throw IngestCall.unauthenticated();
            case PostbackOutcome.RateLimited(var wait) ->
                throw new ApiException(
                                ErrorCode.RATE_LIMITED, "more than this app may send now", Map.of("reason", "bucket"))
                        .retryAfter(wait);
        }
    }

    private static ApiException tooLarge() {
        return ApiException.invalid("", "expected at most " + MAX_BYTES + " bytes, got more")
                .withStatus(400);
    }

    /// Without port, in lower case; null when there is none.
    private static @Nullable String host(ServerRequest request) {
        String header = IngestRoutes.header(request.headers(), HeaderNames.HOST);
        if (header == null) {
            return null;
        }
        int colon = header.lastIndexOf(':');
        boolean hasPort = colon > 0 && header.indexOf(']', colon) < 0;
        return (hasPort ? header.substring(0, colon) : header).toLowerCase(Locale.ROOT);
    }
}
