package dev.varve.server.ingest;

import dev.varve.collect.DescribeOutcome;
import dev.varve.collect.SdkRequest;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ErrorCode;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Function;

/// What is told of a person, with and without the prefix `/l`: `POST /users/properties` and `POST /consent`. The 202
/// leaves after it is stored.
public final class PersonRoute {
    private final String path;
    private final Function<SdkRequest, DescribeOutcome> collector;
    private final BodyReader bodies;

    private PersonRoute(String path, Function<SdkRequest, DescribeOutcome> collector, BodyReader bodies) {
        this.path = path;
        this.collector = collector;
        this.bodies = bodies;
    }

    public static PersonRoute properties(Function<SdkRequest, DescribeOutcome> collector, BodyReader bodies) {
        return new PersonRoute("/users/properties", collector, bodies);
    }

    public static PersonRoute consent(Function<SdkRequest, DescribeOutcome> collector, BodyReader bodies) {
        return new PersonRoute("/consent", collector, bodies);
    }

    public void register(HttpRules rules) {
        IngestCall.register(rules, "POST", path, this::describe);
    }

    private void describe(ServerRequest request, ServerResponse response) {
        try (BodyReader.Body body = bodies.read(request)) {
            SdkRequest sdk = IngestCall.sdkRequest(request, IngestCall.appIdOfHeader(request), body.bytes());
            boolean accepted = accepted(collector.apply(sdk));
            response.status(Status.ACCEPTED_202);
            response.header(IngestRoutes.JSON);
            response.send(("{\"accepted\":" + accepted + "}").getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static boolean accepted(DescribeOutcome outcome) {
        return switch (outcome) {
            case DescribeOutcome.Described _ -> true;
            case DescribeOutcome.Nobody _ -> false;
            case DescribeOutcome.Invalid invalid ->
                throw ApiException.invalid(invalid.issues().stream()
                                .map(issue -> new ApiException.Issue(issue.path(), issue.message()))
                                .toList())
                        .withStatus(400);
            case DescribeOutcome.TooLarge tooLarge ->
                throw new ApiException(
                        ErrorCode.PAYLOAD_TOO_LARGE,
                        "properties: expected at most " + tooLarge.limitBytes() + " bytes, got more",
                        Map.of("limitBytes", tooLarge.limitBytes()));
            case DescribeOutcome.Unauthenticated _ -> throw IngestCall.unauthenticated();
            case DescribeOutcome.RateLimited limited ->
                throw new ApiException(
                                ErrorCode.RATE_LIMITED, "more than this app may send now", Map.of("reason", "bucket"))
                        .retryAfter(limited.retryAfter());
        };
    }
}
