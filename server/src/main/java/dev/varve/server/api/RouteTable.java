package dev.varve.server.api;

import dev.varve.server.http.ApiException;
import dev.varve.server.http.ErrorCode;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Finds the route of a request. A path without parameters wins over one with.
record RouteTable(List<Route> routes) {
    private static final String MOUNT = "v1";

    RouteTable {
        routes = List.copyOf(routes);
    }

    record Match(Route route, Map<String, String> parameters) {}

    /// What a request's method and path lead to; `matches` are the routes of the path, whatever their method.
    record Lookup(String method, List<Match> matches) {
        RateClass rateClass() {
            return found().map(match -> match.route().rateClass()).orElse(RateClass.of(method));
        }

        /// @throws ApiException 404, or 405 with `Allow` on the answer
        Match require(ServerResponse response) {
            if (matches.isEmpty()) {
                throw ApiException.notFound("route");
            }
            return found().orElseThrow(() -> {
                response.header(HeaderNames.ALLOW, allowed());
                return new ApiException(ErrorCode.METHOD_NOT_ALLOWED, method + " is not possible here");
            });
        }

        private Optional<Match> found() {
            return matches.stream()
                    .filter(match -> match.route().method().equals(method))
                    .min(java.util.Comparator.comparingInt(
                            match -> match.parameters().size()));
        }

        private String allowed() {
            return matches.stream()
                    .map(match -> match.route().method())
                    .distinct()
                    .sorted()
                    .collect(Collectors.joining(", "));
        }
    }

    Lookup find(ServerRequest request) {
        String method = request.prologue().method().text();
        // `request.path()` is what remains behind the mount, and decoded already.
        return segments(request.prologue().uriPath().rawPath())
                .filter(path -> !path.isEmpty() && path.getFirst().equals(MOUNT))
                .map(path -> path.subList(1, path.size()))
                .map(path -> new Lookup(method, matching(path)))
                .orElse(new Lookup(method, List.of()));
    }

    /// A word of the path is no id, whatever the method, but an event's id may be any text.
    private List<Match> matching(List<String> path) {
        List<Match> all = routes.stream()
                .flatMap(route -> route.match(path).map(found -> new Match(route, found)).stream())
                .toList();
        int fewest =
                all.stream().mapToInt(match -> match.parameters().size()).min().orElse(0);
        return all.stream()
                .filter(match -> match.parameters().size() == fewest
                        || match.parameters().containsKey("eventId"))
                .toList();
    }

    /// Each decoded once, so that an encoded slash or percent sign belongs to its segment. Empty for a path whose
    /// escapes mean nothing.
    private static Optional<List<String>> segments(String rawPath) {
        try {
            return Optional.of(Arrays.stream(rawPath.split("/"))
                    .filter(segment -> !segment.isEmpty())
                    .map(segment -> URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8))
                    .map(CleanText::of)
                    .toList());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
