package dev.varve.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.event.Platform;
import dev.varve.server.http.ApiException;
import dev.varve.tenant.PrefixedId;
import io.helidon.webserver.http.ServerRequest;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/// One authenticated request. `now` is whole milliseconds, so that what is stored equals what is answered.
record ApiCall(ServerRequest request, Caller caller, Map<String, String> path, Instant now) {
    /// The project id of the path.
    UUID projectId() {
        return projectId(segment("projectId"));
    }

    static UUID projectId(String text) {
        return PrefixedId.PROJECT
                .parse(text)
                .orElseThrow(() ->
                        ApiException.invalid(List.of(new ApiException.Issue("projectId", "projectId is not a UUID"))));
    }

    String segment(String name) {
        return path.getOrDefault(name, "");
    }

    JsonNode body() {
        return Body.json(request);
    }

    /// For calls that need no body: one that comes is JSON of the usual size all the same. To be read when it is known
    /// that the object is there.
    void ignoreBody() {
        Body.optionalJson(request);
    }

    Optional<String> query(String name) {
        return values(name).findFirst();
    }

    /// A list: repeated, with `[]` after the name, or comma-separated.
    List<String> queryList(String name) {
        return Stream.concat(values(name), values(name + "[]"))
                .flatMap(value -> Arrays.stream(value.split(",")))
                .map(String::trim)
                .filter(value -> !value.isEmpty())
                .distinct()
                .toList();
    }

    /// The platforms of a query that names nothing else.
    ///
    /// @throws ApiException 422
    Set<Platform> platforms(String name) {
        Query query = Query.of(this);
        Set<Platform> platforms = query.platforms(name);
        query.finish();
        return platforms;
    }

    /// A caller's text as an error repeats it.
    static String shown(String text) {
        return text.length() <= 40 ? "\"" + text + "\"" : "\"" + text.substring(0, 40) + "…\"";
    }

    private Stream<String> values(String name) {
        return request.query().contains(name)
                ? request.query().all(name).stream().map(CleanText::of)
                : Stream.empty();
    }
}
