package dev.varve.server.api;

import dev.varve.tenant.PrefixedId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A method and path of the API with what holds for it before its handler runs. `scopes`: one of them is needed; none
/// listed: any key will do. Path segments in braces are parameters. Class and repeat follow from the method unless the
/// route says otherwise. `isOpenToItself`: see `orByItself`.
record Route(
        String method,
        List<String> segments,
        List<String> scopes,
        RateClass rateClass,
        Repeat repeat,
        boolean isOpenToItself,
        int bodyLimit,
        Handler handler) {
    /// Does what the route is for; refuses by `ApiException`.
    @FunctionalInterface
    interface Handler {
        ApiAnswer handle(ApiCall call);
    }

    static Route of(String method, String path, String scope, Handler handler) {
        return new Route(
                method,
                segments(path),
                List.of(scope),
                RateClass.of(method),
                Repeat.of(method),
                false,
                Body.LIMIT,
                handler);
    }

    static Route open(String method, String path, Handler handler) {
        return new Route(
                method, segments(path), List.of(), RateClass.of(method), Repeat.of(method), false, Body.LIMIT, handler);
    }

    Route or(String otherScope) {
        return new Route(
                method,
                segments,
                List.of(scopes.getFirst(), otherScope),
                rateClass,
                repeat,
                isOpenToItself,
                bodyLimit,
                handler);
    }

    Route longRunning() {
        return new Route(method, segments, scopes, RateClass.LONG_RUNNING, repeat, isOpenToItself, bodyLimit, handler);
    }

    Route repeats(Repeat other) {
        return new Route(method, segments, scopes, rateClass, other, isOpenToItself, bodyLimit, handler);
    }

    /// In bytes.
    Route bodyUpTo(int limit) {
        return new Route(method, segments, scopes, rateClass, repeat, isOpenToItself, limit, handler);
    }

    /// A key may do it to itself without the scope: the path's `keyId` is its own.
    Route orByItself() {
        return new Route(method, segments, scopes, rateClass, repeat, true, bodyLimit, handler);
    }

    /// @throws ApiException 403 when the caller lacks the scope
    void requireScope(Caller caller, Map<String, String> parameters) {
        if (!isOpenToItself || !isItself(caller, parameters.getOrDefault("keyId", ""))) {
            caller.require(scopes);
        }
    }

    private static boolean isItself(Caller caller, String keyId) {
        return PrefixedId.API_KEY.parse(keyId).filter(caller.key().id()::equals).isPresent();
    }

    /// As the documents write it, with parameters in braces.
    String template() {
        return "/v1/" + String.join("/", segments);
    }

    boolean isMutating() {
        return repeat != Repeat.SAFE;
    }

    /// The path's parameters, or empty when it is another path.
    Optional<Map<String, String>> match(List<String> path) {
        if (path.size() != segments.size()) {
            return Optional.empty();
        }
        Map<String, String> parameters = new HashMap<>();
        for (int i = 0; i < path.size(); i++) {
            String segment = segments.get(i);
            if (segment.startsWith("{")) {
                parameters.put(segment.substring(1, segment.length() - 1), path.get(i));
            } else if (!segment.equals(path.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(parameters);
    }

    private static List<String> segments(String path) {
        return List.of(path.substring(1).split("/"));
    }
}
