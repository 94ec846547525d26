package dev.varve.server.api;

import dev.varve.eventlog.EventLogUnavailableException;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ConnectionLoss;
import dev.varve.server.http.ErrorCode;
import dev.varve.server.http.ErrorEnvelope;
import dev.varve.server.http.RequestId;
import dev.varve.server.http.UnreadBody;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The Partner API, to be mounted at `/v1`. Every request passes the same checks in the same order: authentication,
/// kill switch, scope, path ids, existence, body, state.
public final class ApiRoutes implements HttpService {
    private static final Logger LOG = LoggerFactory.getLogger(ApiRoutes.class);

    private final ApiServices services;
    private final Authentication authentication;
    private final List<Route> routes;

    public ApiRoutes(ApiServices services) {
        this.services = services;
        this.authentication = new Authentication(services.credentials());
        this.routes = Stream.of(
                        List.of(Route.open("GET", "/whoami", WhoamiRoute::whoami)),
                        new OrganizationRoutes(services).routes(),
                        new MigrationRoute(services).routes(),
                        new ApiKeyRoutes(services).routes(),
                        new KillRoute(services).routes(),
                        new ProjectRoutes(services).routes(),
                        new SdkAppRoutes(services).routes(),
                        new InstallSpecRoute(services).routes(),
                        new WebhookEndpointRoutes(services).routes(),
                        new LayerRoutes(services).routes(),
                        new EventRoutes(services).routes(),
                        new PreviewRoute(services).routes(),
                        new CapiStatusRoute(services).routes(),
                        new AccountingRoute(services).routes(),
                        new DeadLetterRoutes(services).routes(),
                        new ReplayRoute(services).routes(),
                        new JobRoute(services).routes(),
                        new AuditRoutes(services).routes(),
                        new VerifyTrackingRoute(services).routes())
                .flatMap(List::stream)
                .toList();
    }

    /// Below `/v1`.
    List<Route> routes() {
        return routes;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.any(this::handle);
    }

    private void handle(ServerRequest request, ServerResponse response) {
        String requestId = RequestId.assign(request, response);
        try {
            ApiAnswer answer = answer(request, response);
            response.status(Status.create(answer.status()));
            response.header(HeaderNames.CONTENT_TYPE, "application/json");
            response.send(answer.body().toString().getBytes(StandardCharsets.UTF_8));
        } catch (ApiException e) {
            UnreadBody.discard(request);
            ErrorEnvelope.send(response, e, requestId);
        } catch (EventLogUnavailableException e) {
            ErrorEnvelope.send(response, unavailable(), requestId);
        } catch (RuntimeException e) {
            ErrorEnvelope.send(response, failure(e, requestId), requestId);
        }
    }

    private ApiAnswer answer(ServerRequest request, ServerResponse response) {
        Instant now = services.clock().instant().truncatedTo(ChronoUnit.MILLIS);
        Caller caller = authentication.authenticate(request, now);
        Match match = match(request, response);
        Caller acting = authentication.actingFor(caller, request);
        acting.require(match.route().scopes());
        return match.route().handler().handle(new ApiCall(request, acting, match.parameters(), now));
    }

    private record Match(Route route, Map<String, String> parameters) {}

    private Match match(ServerRequest request, ServerResponse response) {
        List<String> path = segments(request.path().rawPath());
        String method = request.prologue().method().text();
        List<Match> matches = routes.stream()
                .flatMap(route -> route.match(path).map(found -> new Match(route, found)).stream())
                .toList();
        if (matches.isEmpty()) {
            throw ApiException.notFound("route");
        }
        return matches.stream()
                .filter(found -> found.route().method().equals(method))
                .findFirst()
                .orElseThrow(() -> {
                    response.header(HeaderNames.ALLOW, allowed(matches));
                    return new ApiException(ErrorCode.METHOD_NOT_ALLOWED, method + " is not possible here");
                });
    }

    private static String allowed(List<Match> matches) {
        return matches.stream()
                .map(found -> found.route().method())
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private static List<String> segments(String rawPath) {
        try {
            return Arrays.stream(rawPath.split("/"))
                    .filter(segment -> !segment.isEmpty())
                    .map(segment -> URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8))
                    .map(CleanText::of)
                    .toList();
        } catch (IllegalArgumentException e) {
            throw ApiException.notFound("route");
        }
    }

    private static ApiException unavailable() {
        return new ApiException(ErrorCode.SERVICE_UNAVAILABLE, "the store does not answer; try again")
                .retryAfter(Duration.ofSeconds(2));
    }

    private static ApiException failure(RuntimeException e, String requestId) {
        if (ConnectionLoss.isBehind(e)) {
            return unavailable();
        }
        LOG.atError().addKeyValue("requestId", requestId).setCause(e).log("request.failed");
        return new ApiException(ErrorCode.INTERNAL_ERROR, "this is a defect; the request id names it in the log");
    }
}
