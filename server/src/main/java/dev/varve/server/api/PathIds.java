package dev.varve.server.api;

import dev.varve.event.Platform;
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
    private static final Map<String, Function<String, Optional<?>>> FORMS = Map.of(
            "projectId", PrefixedId.PROJECT::parse,
            "orgId", PrefixedId.ORGANIZATION::parse,
            "keyId", PrefixedId.API_KEY::parse,
            "endpointId", PathIds::bare,
            "platform", Platform::parse);

    /// A project's id in a body.
    static final Fields.Text PROJECT_ID =
            new Fields.Text(text -> PrefixedId.PROJECT.parse(text).isPresent(), noUuid("projectId"), _ -> "");

    private PathIds() {}

    /// @throws ApiException 422 naming every ill-formed id
    static void check(Map<String, String> parameters) {
        List<Issue> issues = FORMS.entrySet().stream()
                .filter(form -> parameters.containsKey(form.getKey()))
                .filter(form -> form.getValue()
                        .apply(parameters.getOrDefault(form.getKey(), ""))
                        .isEmpty())
                .map(form -> issue(form.getKey(), parameters.getOrDefault(form.getKey(), "")))
                .toList();
        if (!issues.isEmpty()) {
            throw ApiException.invalid(issues);
        }
    }

    private static Issue issue(String name, String given) {
        return new Issue(
                name,
                name.equals("platform")
                        ? "must be one of meta_ads, tiktok_ads, got " + ApiCall.shown(given)
                        : noUuid(name));
    }

    static String noUuid(String name) {
        return name + " is not a UUID";
    }

    /// An id that is written without a prefix.
    static Optional<UUID> bare(String text) {
        return text.length() == 36 ? PrefixedId.PROJECT.parse(text) : Optional.empty();
    }
}
