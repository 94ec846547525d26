package dev.varve.server;

import dev.varve.component.Ulid;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ErrorCode;
import dev.varve.server.http.ErrorEnvelope;
import dev.varve.server.http.RequestId;
import dev.varve.server.ingest.IngestLimits;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.ServerRequest;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers for requests that the web server refuses by itself, mostly before any route: an unreadable head, a
/// line or header too long. What cannot be read is 422 below `/v1` and 400 on ingest; `otherwise` where the path
/// is unknown too.
record UnreadableRequests(int otherwise) {
    private static final Logger LOG = LoggerFactory.getLogger(UnreadableRequests.class);
    private static final int OF_INGEST = 400;

    /// On the port of the API, where ingest may be as well.
    static UnreadableRequests ofTheApi() {
        return new UnreadableRequests(ErrorCode.VALIDATION.status());
    }

    static UnreadableRequests ofIngest() {
        return new UnreadableRequests(OF_INGEST);
    }

    DirectHandlers handlers() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            handlers.addHandler(type, (request, _, status, headers, _) -> {
                ApiException error =
                        translate(status, request.path(), new IllegalStateException("refused before routing"));
                String id = Ulid.next("req_");
                DirectHandler.TransportResponse.Builder answer = DirectHandler.TransportResponse.builder()
                        .status(Status.create(error.status()))
                        .headers(headers)
                        .header(RequestId.HEADER, id)
                        .header(HeaderNames.CONTENT_TYPE, "application/json")
                        .header(HeaderNames.LINK, ErrorEnvelope.help(error))
                        .keepAlive(false);
                return isHead(request)
                        ? answer.build()
                        : answer.entity(ErrorEnvelope.bytes(error, id)).build();
            });
        }
        return handlers.build();
    }

    private static boolean isHead(DirectHandler.TransportRequest request) {
        return request.method().equals(Method.HEAD.text());
    }

    ApiException translate(Status status, String path, Throwable cause) {
        return switch (status.code()) {
            case 404 -> ApiException.notFound("Route");
            case 405 -> new ApiException(ErrorCode.METHOD_NOT_ALLOWED, "the route does not take this method");
            case 413 -> tooLarge();
            case 415 -> new ApiException(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "the route does not take this media type");
            case 503 -> unavailable();
            case 500 -> internal(cause);
            default -> unreadable(path);
        };
    }

    ApiException unreadable(String path) {
        return ApiException.invalid("", "the request cannot be read").withStatus(status(path));
    }

    private int status(String path) {
        if (path.isEmpty()) {
            return otherwise;
        }
        return path.equals("/v1") || path.startsWith("/v1/") ? ErrorCode.VALIDATION.status() : OF_INGEST;
    }

    /// Whether every `%` of path and query begins an escape; routes are found, and parameters read, by what it means.
    static boolean isDecodable(ServerRequest request) {
        try {
            return request.path().path().length() + request.query().names().size() >= 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    static ApiException unavailable() {
        return new ApiException(ErrorCode.SERVICE_UNAVAILABLE, "try again").retryAfter(Duration.ofSeconds(1));
    }

    private static ApiException internal(Throwable cause) {
        LOG.error("request.failed", cause);
        return new ApiException(ErrorCode.INTERNAL_ERROR, "something went wrong here");
    }

    private static ApiException tooLarge() {
        return new ApiException(
                ErrorCode.PAYLOAD_TOO_LARGE,
                "the body is larger than 10 MiB",
                Map.of("limitBytes", IngestLimits.MAX_BODY_BYTES));
    }
}
