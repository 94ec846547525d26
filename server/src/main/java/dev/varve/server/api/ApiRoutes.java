package dev.varve.server.api;

import dev.varve.eventlog.EventLogUnavailableException;
import dev.varve.server.http.Answers;
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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The Partner API, to be mounted at `/v1`. Every request passes the same checks in the same order:
/// authentication, kill switch, rate limit, scope, path ids, idempotency; then, in its route, existence,
/// body, state.
public final class ApiRoutes implements HttpService {
    private static final Logger LOG = LoggerFactory.getLogger(ApiRoutes.class);

    private final ApiServices services;
    private final Gate gate;
    private final RequestAudit audit;
    private final IdempotentCalls idempotency;
    private final List<Route> routes;
    private final RouteTable table;
    private final OpenStreams streams;

    public ApiRoutes(ApiServices services, ApiConventions conventions) {
        this(services, conventions, new OpenStreams(services.readings().live()));
    }

    private ApiRoutes(ApiServices services, ApiConventions conventions, OpenStreams streams) {
        this(services, conventions, streams, all(services, streams));
    }

    ApiRoutes(ApiServices services, ApiConventions conventions, List<Route> routes) {
        this(services, conventions, new OpenStreams(services.readings().live()), routes);
    }

    private ApiRoutes(ApiServices services, ApiConventions conventions, OpenStreams streams, List<Route> routes) {
        this.services = services;
        this.streams = streams;
        this.audit = new RequestAudit(services.catalog().audit());
        this.gate = new Gate(
                new Authentication(services.credentials(), audit),
                new RateLimits(conventions.internalTier(), services.clock()),
                audit);
        this.idempotency = new IdempotentCalls(conventions.idempotencyKeys(), conventions.vault());
        this.routes = routes;
        this.table = new RouteTable(routes);
    }

    private static List<Route> all(ApiServices services, OpenStreams streams) {
        return Stream.of(
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
                        new EventStreamRoute(services, streams).routes(),
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

    /// Ends the endless answers under way, and takes no more.
    public void endStreams() {
        streams.close();
    }

    /// Writes the audit rows that still wait.
    @Override
    public void afterStop() {
        audit.close();
    }

    private void handle(ServerRequest request, ServerResponse response) {
        String requestId = RequestId.assign(request, response);
        try {
            send(request, response, answer(request, response));
        } catch (ApiException e) {
            UnreadBody.discard(request);
            ErrorEnvelope.send(request, response, e, requestId);
        } catch (RuntimeException | Error e) {
            ErrorEnvelope.send(request, response, failure(e, requestId), requestId);
        }
    }

    private ApiAnswer answer(ServerRequest request, ServerResponse response) {
        Instant now = services.clock().instant().truncatedTo(ChronoUnit.MILLIS);
        Gate.Admitted admitted = gate.admit(request, response, table.find(request), now);
        Route route = admitted.route();
        ApiCall call = new ApiCall(request, admitted.caller(), admitted.parameters(), now);
        try {
            ApiAnswer answer =
                    idempotency.once(route, call, () -> route.handler().handle(call));
            audit.performed(route, call, answer.status());
            return answer;
        } catch (RuntimeException | Error e) {
            ApiException told = e instanceof ApiException known ? known : failure(e, RequestId.of(request));
            audit.performed(route, call, told.status());
            gate.noteDenial(request, call.caller(), route, told, now);
            throw told;
        }
    }

    private void send(ServerRequest request, ServerResponse response, ApiAnswer answer) {
        if (answer.endless().isPresent()) {
            answer.endless().get().write(response, () -> gate.authentication()
                    .stillStands(request, services.clock().instant()));
            return;
        }
        response.status(Status.create(answer.status()));
        response.header(HeaderNames.CONTENT_TYPE, "application/json");
        answer.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
        Answers.send(request, response, answer.body().toString().getBytes(StandardCharsets.UTF_8));
    }

    private static ApiException unavailable() {
        return new ApiException(ErrorCode.SERVICE_UNAVAILABLE, "the store does not answer; try again")
                .retryAfter(Duration.ofSeconds(2));
    }

    private static ApiException failure(Throwable e, String requestId) {
        if (e instanceof EventLogUnavailableException || ConnectionLoss.isBehind(e)) {
            LOG.atWarn()
                    .addKeyValue("requestId", requestId)
                    .addKeyValue("error", e.toString())
                    .log("request.unavailable");
            return unavailable();
        }
        LOG.atError().addKeyValue("requestId", requestId).setCause(e).log("request.failed");
        return new ApiException(ErrorCode.INTERNAL_ERROR, "this is a defect; the request id names it in the log");
    }
}
