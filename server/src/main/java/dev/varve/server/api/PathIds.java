package dev.varve.server.api;

import dev.varve.server.http.ApiException;
import dev.varve.server.http.ApiException.Issue;
import dev.varve.tenant.PrefixedId;
import java.util.List;
import java.util.Map;

/// The ids of a path whose form is known before anything is looked up.
final class PathIds {
    private static final Map<String, PrefixedId> FORMS = Map.of(
            "projectId", PrefixedId.PROJECT,
            "orgId", PrefixedId.ORGANIZATION,
            "keyId", PrefixedId.API_KEY);

    private PathIds() {}

    /// @throws ApiException 422 naming every ill-formed id
    static void check(Map<String, String> parameters) {
        List<Issue> issues = FORMS.entrySet().stream()
                .filter(form -> parameters.containsKey(form.getKey()))
                .filter(form -> form.getValue()
                        .parse(parameters.getOrDefault(form.getKey(), ""))
                        .isEmpty())
                .map(form -> new Issue(form.getKey(), form.getKey() + " is not a UUID"))
                .toList();
        if (!issues.isEmpty()) {
            throw ApiException.invalid(issues);
        }
    }
}
