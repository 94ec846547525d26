package dev.varve.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.event.Platform;
import dev.varve.server.http.ApiException;
import dev.varve.tenant.PrefixedId;
import io.helidon.webserver.http.ServerRequest;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
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

    Optional<Instant> queryTime(String name) {
        return query(name).map(text -> ApiTime.parse(text.replace(' ', '+'))
                .orElseThrow(() -> ApiException.invalid(name, ApiTime.EXPECTED + ", got " + shown(text))));
    }

    boolean queryFlag(String name) {
        return query(name)
                .map(text -> switch (text) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw ApiException.invalid(name, "must be true or false, got " + shown(text));
                })
                .orElse(false);
    }

    int limit(int fallback, int max) {
        return query("limit")
                .map(text -> {
                    if (!text.matches("[0-9]{1,6}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > max) {
                        throw ApiException.invalid(
                                "limit", "must be an integer from 1 to " + max + ", got " + shown(text));
                    }
                    return Integer.parseInt(text);
                })
                .orElse(fallback);
    }

    /// The platforms of a list parameter, all when it names none.
    Set<Platform> platforms(String name) {
        Set<Platform> platforms = EnumSet.noneOf(Platform.class);
        queryList(name)
                .forEach(text -> platforms.add(Platform.parse(text)
                        .orElseThrow(() -> ApiException.invalid(
                                name, "must be one of meta_ads, tiktok_ads, got " + shown(text)))));
        return platforms.isEmpty() ? EnumSet.allOf(Platform.class) : platforms;
    }

    /// The event names of the parameter `eventNames`; empty: all.
    Set<String> eventNames() {
        List<String> names = queryList("eventNames");
        if (names.size() > 50) {
            throw ApiException.invalid("eventNames", "at most 50 names, got " + names.size());
        }
        return Set.copyOf(names);
    }

    /// A caller's text as an error repeats it.
    static String shown(String text) {
        return text.length() <= 40 ? "\"" + text + "\"" : "\"" + text.substring(0, 40) + "…\"";
    }

    Optional<Cursor> cursor(String list) {
        return query("cursor").map(text -> Cursor.decode(list, text));
    }

    private Stream<String> values(String name) {
        return request.query().contains(name)
                ? request.query().all(name).stream().map(CleanText::of)
                : Stream.empty();
    }
}
