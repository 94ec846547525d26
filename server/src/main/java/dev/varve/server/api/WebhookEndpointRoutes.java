package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.audit.AuditTrail;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ErrorCode;
import dev.varve.tenant.KeyMint;
import dev.varve.tenant.PrefixedId;
import dev.varve.tenant.Projects;
import dev.varve.tenant.Scopes;
import dev.varve.webhook.WebhookEndpoint;
import dev.varve.webhook.WebhookEndpoints;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// `/v1/webhook-endpoints`: where an organization wants notices. Nothing is sent from here.
final class WebhookEndpointRoutes {
    private static final String PATH = "/webhook-endpoints";
    private static final String ONE = PATH + "/{endpointId}";
    private static final Duration OVERLAP = Duration.ofHours(24);
    private static final Set<String> PATCHABLE = Set.of("url", "events", "description", "metadata", "scope", "status");

    private final ApiServices.Account account;
    private final WebhookEndpoints endpoints;
    private final ProjectAccess projects;
    private final Audit audit;
    private final KeyMint mint = new KeyMint();

    WebhookEndpointRoutes(ApiServices services) {
        this.account = services.catalog().account();
        this.endpoints = account.webhooks();
        this.projects = new ProjectAccess(services.catalog());
        this.audit = new Audit(services.catalog().audit());
    }

    List<Route> routes() {
        return List.of(
                Route.open("POST", PATH, this::create),
                Route.open("GET", PATH, this::list),
                Route.open("GET", ONE, this::get),
                Route.open("PATCH", ONE, this::patch),
                Route.open("DELETE", ONE, this::delete).repeats(Repeat.KEY),
                Route.open("POST", ONE + "/rotate-secret", this::rotate));
    }

    private ApiAnswer create(ApiCall call) {
        Fields fields = Fields.of(call.body());
        fields.require("url", "events");
        WebhookFields.checkUrl(fields, account.targets());
        WebhookEndpoint.Target target = WebhookFields.target(fields, WebhookFields.BLANK);
        Optional<UUID> project = projectId(fields);
        fields.finish();
        requireScope(call, target);
        project.ifPresent(
                id -> ProjectAccess.requireActive(projects.project(call.caller().owner(), id)));
        WebhookEndpoint endpoint = new WebhookEndpoint(
                UUID.randomUUID(),
                call.caller().owner(),
                project.orElse(null),
                target,
                WebhookEndpoint.Status.ACTIVE,
                WebhookEndpoint.History.fresh(call.now()));
        String secret = mint.signingSecret();
        if (!endpoints.insert(endpoint, secret)) {
            throw new ApiException(
                    ErrorCode.CONFLICT,
                    "an organization has at most " + WebhookEndpoints.LIMIT + " webhook endpoints",
                    Map.of("reason", "limit"));
        }
        record(call, "webhook_endpoint.created", endpoint, List.of());
        ObjectNode body = Json.object();
        body.set("endpoint", WebhookJson.of(endpoint));
        return ApiAnswer.created(body.put("signingSecret", secret));
    }

    private static Optional<UUID> projectId(Fields fields) {
        return PrefixedId.PROJECT.parse(fields.text("projectId", "", PathIds.PROJECT_ID));
    }

    private static void requireScope(ApiCall call, WebhookEndpoint.Target target) {
        if (target.scope() == WebhookEndpoint.Scope.ALL_CHILDREN
                && !call.caller().allows(Scopes.ORG_ADMIN)) {
            throw Caller.lacking(Scopes.ORG_ADMIN, "the scope all_children needs org:admin");
        }
    }

    private ApiAnswer list(ApiCall call) {
        String list = "webhook-endpoints:" + call.caller().organization().id();
        Query query = Query.of(call);
        int limit = query.limit(25, 100);
        WebhookEndpoints.Filter filter = new WebhookEndpoints.Filter(
                query.id("projectId", PrefixedId.PROJECT),
                query.parsed("status", WebhookEndpointRoutes::status, "must be one of active, paused, auto_paused"));
        Optional<Projects.Position> after = query.cursor(list, Cursor::position);
        query.finish();
        List<WebhookEndpoint> found = endpoints.list(call.caller().owner(), filter, after, limit + 1);
        return ApiAnswer.ok(Json.page(found, limit, WebhookJson::of, last -> new Cursor(
                        last.history().createdAt(), last.id().toString(), 0)
                .encode(list)));
    }

    private static Optional<WebhookEndpoint.Status> status(String text) {
        return switch (text) {
            case "active" -> Optional.of(WebhookEndpoint.Status.ACTIVE);
            case "paused" -> Optional.of(WebhookEndpoint.Status.PAUSED);
            case "auto_paused" -> Optional.of(WebhookEndpoint.Status.AUTO_PAUSED);
            default -> Optional.empty();
        };
    }

    private ApiAnswer get(ApiCall call) {
        return ApiAnswer.ok(WebhookJson.of(endpoint(call)));
    }

    private ApiAnswer patch(ApiCall call) {
        WebhookEndpoint endpoint = endpoint(call);
        Fields fields = Fields.of(call.body());
        fields.refuseReadOnly(WebhookJson.of(endpoint), PATCHABLE);
        fields.refuse(Fields.READ_ONLY, "signingSecret");
        if (PATCHABLE.stream().noneMatch(fields::has)) {
            fields.issue("", "at least one field to change is needed");
        }
        if (fields.has("url")) {
            WebhookFields.checkUrl(fields, account.targets());
        }
        WebhookEndpoints.Changed changed = endpoints
                .change(call.caller().owner(), endpoint.id(), before -> changed(call, fields, before))
                .orElseThrow(WebhookEndpointRoutes::absent);
        ObjectNode after = WebhookJson.of(changed.after());
        List<String> names = Audit.changed(WebhookJson.of(changed.before()), after);
        boolean isPause = changed.before().status() != changed.after().status()
                && changed.after().status() == WebhookEndpoint.Status.PAUSED;
        if (!names.isEmpty()) {
            record(call, isPause ? "webhook_endpoint.paused" : "webhook_endpoint.updated", changed.after(), names);
        }
        return ApiAnswer.ok(after);
    }

    private static WebhookEndpoint changed(ApiCall call, Fields fields, WebhookEndpoint before) {
        WebhookEndpoint.Target target = WebhookFields.target(fields, before.target());
        Optional<WebhookEndpoint.Status> status = WebhookFields.status(fields);
        fields.finish();
        requireScope(call, before.target());
        requireScope(call, target);
        WebhookEndpoint after = before.with(target, call.now());
        return status.map(next -> after.with(next, call.now())).orElse(after);
    }

    private ApiAnswer delete(ApiCall call) {
        WebhookEndpoint endpoint = endpoint(call);
        requireScope(call, endpoint.target());
        call.ignoreBody();
        if (!endpoints.delete(endpoint.owner(), endpoint.id())) {
            throw absent();
        }
        record(call, "webhook_endpoint.deleted", endpoint, List.of());
        return ApiAnswer.ok(Json.object().put("id", endpoint.id().toString()).put("deleted", true));
    }

    private ApiAnswer rotate(ApiCall call) {
        WebhookEndpoint endpoint = endpoint(call);
        requireScope(call, endpoint.target());
        call.ignoreBody();
        Instant until = call.now().plus(OVERLAP);
        String secret = mint.signingSecret();
        if (!endpoints.rotateSecret(
                endpoint.owner(), endpoint.id(), new WebhookEndpoints.Rotation(secret, call.now(), until))) {
            throw absent();
        }
        record(call, "webhook_endpoint.secret_rotated", endpoint, List.of());
        return ApiAnswer.ok(Json.object()
                .put("endpointId", endpoint.id().toString())
                .put("signingSecret", secret)
                .put("previousSecretExpiresAt", Json.time(until))
                .put(
                        "warning",
                        "This secret is shown once. Until previousSecretExpiresAt both secrets sign; a secret that was"
                                + " replaced before that signs no more."));
    }

    private WebhookEndpoint endpoint(ApiCall call) {
        return PathIds.bare(call.segment("endpointId"))
                .flatMap(id -> endpoints.find(call.caller().owner(), id))
                .orElseThrow(WebhookEndpointRoutes::absent);
    }

    private static ApiException absent() {
        return ApiException.notFound("webhook endpoint");
    }

    private void record(ApiCall call, String eventType, WebhookEndpoint endpoint, List<String> fields) {
        AuditTrail.Subject subject =
                new AuditTrail.Subject("webhook_endpoint", endpoint.id().toString());
        audit.record(call, new Audit.Deed(eventType, endpoint.projectId(), subject, Audit.fields(fields)));
    }
}
