package dev.varve.server.api;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A method and path of the API with what holds for it before its handler runs. `scopes`: one of them is needed; none
/// listed: any key will do. Path segments in braces are parameters. Class and repeat follow from the method unless the
/// route says otherwise.
record Route(
        String method,
        List<String> segments,
        List<String> scopes,
        RateClass rateClass,
        Repeat repeat,
        Handler handler) {
    /// Does what the route is for; refuses by `ApiException`.
    @FunctionalInterface
    interface Handler {
        ApiAnswer handle(ApiCall call);
    }

    static Route of(String method, String path, String scope, Handler handler) {
        return new Route(method, segments(path), List.of(scope), RateClass.of(method), Repeat.of(method), handler);
    }

    static Route open(String method, String path, Handler handler) {
        return new Route(method, segments(path), List.of(), RateClass.of(method), Repeat.of(method), handler);
    }

    Route or(String otherScope) {
        return new Route(method, segments, List.of(scopes.getFirst(), otherScope), rateClass, repeat, handler);
    }

    Route longRunning() {
        return new Route(method, segments, scopes, RateClass.LONG_RUNNING, repeat, handler);
    }

    Route repeats(Repeat other) {
        return new Route(method, segments, scopes, rateClass, other, handler);
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
