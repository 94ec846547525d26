package dev.varve.server.api;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A method and path of the API. `scopes`: one of them is needed; none listed: any key will do. Path segments in
/// braces are parameters.
record Route(String method, List<String> segments, List<String> scopes, Handler handler) {
    /// Does what the route is for; refuses by `ApiException`.
    @FunctionalInterface
    interface Handler {
        ApiAnswer handle(ApiCall call);
    }

    static Route of(String method, String path, String scope, Handler handler) {
        return new Route(method, List.of(path.substring(1).split("/")), List.of(scope), handler);
    }

    static Route open(String method, String path, Handler handler) {
        return new Route(method, List.of(path.substring(1).split("/")), List.of(), handler);
    }

    Route or(String otherScope) {
        return new Route(method, segments, List.of(scopes.getFirst(), otherScope), handler);
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
}
