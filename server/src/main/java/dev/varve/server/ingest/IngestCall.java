package dev.varve.server.ingest;

import dev.varve.collect.SdkRequest;
import dev.varve.event.RequestOrigin;
import dev.varve.eventlog.EventLogUnavailableException;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ConnectionLoss;
import dev.varve.server.http.ErrorCode;
import dev.varve.server.http.ErrorEnvelope;
import dev.varve.server.http.RequestId;
import dev.varve.server.http.UnreadBody;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the ingest host's routes have in common: prefixes, CORS, and that every failure becomes the error envelope.
public final class IngestCall {
    static final List<String> PREFIXES = List.of("", "/l");

    private IngestCall() {}

    /// Registers a GET or POST route with and without the prefix `/l`, its preflight, and the refusal of other methods.
    static void register(HttpRules rules, String method, String path, Handler handler) {
        PREFIXES.forEach(prefix -> registerAt(rules, method, prefix + path, handler));
    }

    static void registerAt(HttpRules rules, String method, String path, Handler handler) {
        Handler guarded = (request, response) -> guard(request, response, handler);
        if (method.equals("GET")) {
            rules.get(path, guarded);
        } else {
            rules.post(path, guarded);
        }
        rules.options(path, Cors::preflight);
        rules.any(path, (request, response) -> refuseMethod(request, response, method));
    }

    private static void guard(ServerRequest request, ServerResponse response, Handler handler) throws Exception {
        Cors.decorate(request, response);
        try {
            handler.handle(request, response);
        } catch (ApiException e) {
            refuse(request, response, e);
        } catch (EventLogUnavailableException e) {
            refuse(request, response, unavailable());
        } catch (RuntimeException e) {
            if (!ConnectionLoss.isBehind(e)) {
                throw e;
            }
            refuse(request, response, unavailable());
        }
    }

    static void refuse(ServerRequest request, ServerResponse response, ApiException error) {
        UnreadBody.discard(request);
        ErrorEnvelope.send(request, response, error, RequestId.of(request));
    }

    /// 405 for every method but `method`, whose path it is.
    public static void refuseMethod(ServerRequest request, ServerResponse response, String method) {
        Cors.decorate(request, response);
        response.header(HeaderNames.ALLOW, method + ", OPTIONS");
        ErrorEnvelope.send(
                request,
                response,
                new ApiException(ErrorCode.METHOD_NOT_ALLOWED, "use " + method),
                RequestId.of(request));
    }

    /// A request of which only app, key and body matter.
    static SdkRequest sdkRequest(ServerRequest request, @Nullable String appId, byte[] body) {
        return new SdkRequest(
                appId, IngestRoutes.appKey(request.headers()), false, null, null, RequestOrigin.UNKNOWN, body);
    }

    static @Nullable String appIdOfHeader(ServerRequest request) {
        return IngestRoutes.header(request.headers(), IngestRoutes.APP_ID);
    }

    /// `X-App-Id`, else the query's `app_id`.
    static @Nullable String appId(ServerRequest request) {
        String named = appIdOfHeader(request);
        String queried = request.query().first("app_id").orElse("");
        return named != null || queried.isEmpty() ? named : queried;
    }

    static ApiException unauthenticated() {
        return new ApiException(ErrorCode.UNAUTHENTICATED, "unknown app or app key");
    }

    private static ApiException unavailable() {
        return new ApiException(ErrorCode.SERVICE_UNAVAILABLE, "nothing can be stored now")
                .retryAfter(Duration.ofSeconds(1));
    }
}
