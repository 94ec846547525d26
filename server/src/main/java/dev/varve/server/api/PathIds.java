package dev.varve.server.api;

import dev.varve.server.http.ApiException;
import dev.varve.server.http.ApiException.Issue;
import dev.varve.tenant.PrefixedId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/// The ids of a path whose form is known before anything is looked up.
final class PathIds {
    private static final Map<String, Function<String, Optional<UUID>>> FORMS = Map.of(
            "projectId", PrefixedId.PROJECT::parse,
            "orgId", PrefixedId.ORGANIZATION::parse,
            "keyId", PrefixedId.API_KEY::parse,
            "endpointId", PathIds::bare);

    private PathIds() {}

    /// @throws ApiException 422 naming every ill-formed id
    static void check(Map<String, String> parameters) {
        List<Issue> issues = FORMS.entrySet().stream()
                .filter(form -> parameters.containsKey(form.getKey()))
                .filter(form -> form.getValue()
                        .apply(parameters.getOrDefault(form.getKey(), ""))
                        .isEmpty())
                .map(form -> new Issue(form.getKey(), form.getKey() + " is not a UUID"))
                .toList();
        if (!issues.isEmpty()) {
            throw ApiException.invalid(issues);
        }
    }

    /// An id that is written without a prefix.
    static Optional<UUID> bare(String text) {
        return text.length() == 36 ? PrefixedId.PROJECT.parse(text) : Optional.empty();
    }
}
