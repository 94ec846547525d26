package dev.varve.server.api;

import dev.varve.server.http.ApiException;
import dev.varve.server.http.ErrorCode;
import dev.varve.tenant.ApiKey;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Instant;
import java.util.Map;

/// What a request passes before its route sees it, in this order: authentication, kill switch, rate limit, scope, path
/// ids. From the moment its key is known, the answer says where the key stands.
record Gate(Authentication authentication, RateLimits limits, RequestAudit audit) {
    private static final HeaderName LIMIT = HeaderNames.create("X-RateLimit-Limit");
    private static final HeaderName REMAINING = HeaderNames.create("X-RateLimit-Remaining");
    private static final HeaderName RESET = HeaderNames.create("X-RateLimit-Reset");
    private static final HeaderName CLASS = HeaderNames.create("X-RateLimit-Endpoint-Class");

    record Admitted(Caller caller, Route route, Map<String, String> parameters) {}

    Admitted admit(ServerRequest request, ServerResponse response, RouteTable.Lookup lookup, Instant now) {
        Authentication.Identified identified = authentication.identify(request, now);
        ApiKey key = identified.caller().key();
        show(response, limits.look(key, lookup.rateClass(), now));
        authentication.requireUnblocked(identified, request, now);
        requireToken(request, response, identified.caller(), lookup.rateClass(), now);
        RouteTable.Match match = lookup.require(response);
        Caller acting = identified.caller();
        try {
            acting = authentication.actingFor(acting, request);
            match.route().requireScope(acting, match.parameters());
            PathIds.check(match.parameters());
            return new Admitted(acting, match.route(), match.parameters());
        } catch (ApiException e) {
            noteDenial(request, acting, match.route(), e, now);
            throw e;
        }
    }

    private void requireToken(
            ServerRequest request, ServerResponse response, Caller caller, RateClass rateClass, Instant now) {
        RateLimits.Standing standing = limits.take(caller.key(), rateClass, now);
        show(response, standing);
        if (standing.refusal().isEmpty()) {
            return;
        }
        RateLimits.Refusal refusal = standing.refusal().get();
        audit.refused(
                request,
                caller,
                RequestAudit.RATE_LIMITED,
                Json.object().put("reason", refusal.reason()).put("class", rateClass.wireName()),
                now);
        throw new ApiException(ErrorCode.RATE_LIMITED, message(refusal, rateClass), Map.of("reason", refusal.reason()))
                .retryAfter(refusal.retryAfter());
    }

    private static String message(RateLimits.Refusal refusal, RateClass rateClass) {
        return refusal.reason().equals("bucket")
                ? "the key has used up its " + rateClass.wireName() + " calls; wait as long as Retry-After says"
                : "the key has used up its writes of this day; the next begins at 00:00 UTC";
    }

    /// Of refusals those for want of a scope; a handler may find one lacking too, by what the call is about.
    void noteDenial(ServerRequest request, Caller caller, Route route, ApiException denial, Instant now) {
        if (denial.code() != ErrorCode.FORBIDDEN_SCOPE) {
            return;
        }
        audit.refused(
                request,
                caller,
                RequestAudit.SCOPE_DENIED,
                Json.object()
                        .put("requiredScope", String.valueOf(denial.details().get("requiredScope")))
                        .put("method", route.method())
                        .put("route", route.template()),
                now);
    }

    private static void show(ServerResponse response, RateLimits.Standing standing) {
        response.header(LIMIT, Long.toString(standing.limit()));
        response.header(REMAINING, Long.toString(standing.remaining()));
        response.header(RESET, Long.toString((standing.full().toEpochMilli() + 999) / 1000));
        response.header(CLASS, standing.rateClass().wireName());
    }
}
