package dev.varve.server.ingest;

import dev.varve.collect.DescribeOutcome;
import dev.varve.collect.SdkRequest;
import dev.varve.event.RequestOrigin;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ConnectionLoss;
import dev.varve.server.http.ErrorCode;
import dev.varve.server.http.ErrorEnvelope;
import dev.varve.server.http.RequestId;
import dev.varve.server.http.UnreadBody;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// `POST /users/properties` of the ingest host, with and without the prefix `/l`. The 202 leaves after the profile is
/// stored.
public final class UserPropertiesRoute {
    private static final String PATH = "/users/properties";

    private final Function<SdkRequest, DescribeOutcome> collector;
    private final BodyReader bodies;

    public UserPropertiesRoute(Function<SdkRequest, DescribeOutcome> collector, BodyReader bodies) {
        this.collector = collector;
        this.bodies = bodies;
    }

    public void register(HttpRules rules) {
        for (String prefix : List.of("", "/l")) {
            rules.post(prefix + PATH, this::describe);
            rules.options(prefix + PATH, Cors::preflight);
            rules.any(prefix + PATH, IngestRoutes::refuseMethod);
        }
    }

    private void describe(ServerRequest request, ServerResponse response) {
        Cors.decorate(request, response);
        try (BodyReader.Body body = bodies.read(request)) {
            boolean accepted = accepted(collector.apply(sdkRequest(request, body.bytes())));
            response.status(Status.ACCEPTED_202);
            response.header(IngestRoutes.JSON);
            response.send(("{\"accepted\":" + accepted + "}").getBytes(StandardCharsets.US_ASCII));
        } catch (ApiException e) {
            refuse(request, response, e);
        } catch (RuntimeException e) {
            if (!ConnectionLoss.isBehind(e)) {
                throw e;
            }
            refuse(
                    request,
                    response,
                    new ApiException(ErrorCode.SERVICE_UNAVAILABLE, "profiles cannot be stored now")
                            .retryAfter(Duration.ofSeconds(1)));
        }
    }

    private static SdkRequest sdkRequest(ServerRequest request, byte[] body) {
        return new SdkRequest(
                IngestRoutes.header(request.headers(), IngestRoutes.APP_ID),
                IngestRoutes.appKey(request.headers()),
                false,
                null,
                null,
                RequestOrigin.UNKNOWN,
                body);
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
            case DescribeOutcome.Unauthenticated _ ->
                throw new ApiException(ErrorCode.UNAUTHENTICATED, "unknown app or app key");
            case DescribeOutcome.RateLimited limited ->
                throw new ApiException(
                                ErrorCode.RATE_LIMITED, "more than this app may send now", Map.of("reason", "bucket"))
                        .retryAfter(limited.retryAfter());
        };
    }

    private static void refuse(ServerRequest request, ServerResponse response, ApiException error) {
        UnreadBody.discard(request);
        ErrorEnvelope.send(response, error, RequestId.of(request));
    }
}
