package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.varve.audit.AuditTrail;
import dev.varve.server.http.RequestId;
import dev.varve.tenant.ApiKey;
import dev.varve.tenant.PrefixedId;
import io.helidon.webserver.http.ServerRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Notes every mutating call, and refusals of keys. Refusals cost their sender nothing, so of those with the same key
/// and reason one a minute is noted.
final class RequestAudit implements AutoCloseable {
    static final String KEY_REJECTED = "auth.key_rejected";
    static final String SCOPE_DENIED = "auth.scope_denied";
    static final String RATE_LIMITED = "auth.rate_limited";
    private static final String REQUEST = "api.request";
    private static final String ACTOR = "partner_api";
    /// What may be an id; anything else in a path could be anybody's data.
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private final BackgroundAudit rows;
    private final Cache<Seen, Boolean> refusals = Caffeine.newBuilder()
            .maximumSize(100_000)
            .expireAfterWrite(Duration.ofMinutes(1))
            .build();

    RequestAudit(AuditTrail trail) {
        this.rows = new BackgroundAudit(trail);
    }

    private record Seen(UUID key, UUID organization, String eventType, String reason) {}

    /// A refusal of a known key, in the trail of the organization it acted for. Other `data` are noted by themselves.
    void refused(ServerRequest request, Caller caller, String eventType, ObjectNode data, Instant now) {
        ApiKey key = caller.key();
        UUID organizationId = caller.organization().id();
        Seen seen = new Seen(key.id(), organizationId, eventType, data.toString());
        if (refusals.asMap().putIfAbsent(seen, true) != null) {
            return;
        }
        AuditTrail.Origin origin =
                new AuditTrail.Origin(organizationId, ACTOR, key.id(), RequestId.of(request), key.env());
        AuditTrail.Subject subject = new AuditTrail.Subject("api_key", PrefixedId.API_KEY.format(key.id()));
        rows.offer(new AuditTrail.Row(UUID.randomUUID(), eventType, now, origin, null, subject, data));
    }

    void performed(Route route, ApiCall call, int status) {
        if (!route.isMutating()) {
            return;
        }
        ApiKey key = call.caller().key();
        AuditTrail.Origin origin = new AuditTrail.Origin(
                call.caller().organization().id(), ACTOR, key.id(), RequestId.of(call.request()), key.env());
        ObjectNode data = Json.object()
                .put("method", route.method())
                .put("path", path(route, call))
                .put("status", status);
        rows.offer(
                new AuditTrail.Row(UUID.randomUUID(), REQUEST, call.now(), origin, project(call, status), null, data));
    }

    /// A path that led to nothing names no project: it may be somebody else's.
    private static @Nullable UUID project(ApiCall call, int status) {
        return status >= 400
                ? null
                : PrefixedId.PROJECT.parse(call.segment("projectId")).orElse(null);
    }

    private static String path(Route route, ApiCall call) {
        return route.segments().stream()
                .map(segment -> segment.startsWith("{")
                        ? shown(segment, call.segment(segment.substring(1, segment.length() - 1)))
                        : segment)
                .collect(Collectors.joining("/", "/v1/", ""));
    }

    private static String shown(String name, String value) {
        return ID.matcher(value).matches() ? value : name;
    }

    @Override
    public void close() {
        rows.close();
    }
}
