package dev.varve.server;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// What the doctor reads out of the `/health` and `/metrics` of a running server. Pure.
record RunningChecks(String health, String metrics) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int LONG_WAIT_SECONDS = 3600;

    List<Finding> findings() {
        return List.of(components(), tokens(), statistics(), backlog(), accounting());
    }

    private Finding components() {
        List<String> bad = new ArrayList<>();
        try {
            for (JsonNode one : JSON.readTree(health).path("components")) {
                if (!one.path("status").asText().equals("ok")) {
                    bad.add(one.path("name").asText() + ": "
                            + one.path("detail").asText());
                }
            }
        } catch (JacksonException e) {
            bad.add("/health is not readable");
        }
        return new Finding(
                "components", bad.isEmpty(), bad.isEmpty() ? "all well" : String.join("; ", bad), "see the log");
    }

    private Finding tokens() {
        List<String> refused = above("varve_layers_refused", 0);
        return new Finding(
                "tokens",
                refused.isEmpty(),
                refused.isEmpty() ? "none refused" : "refused or absent on layers that are on: " + joined(refused),
                "set new tokens; the CAPI status of a project with status broken says which");
    }

    /// Not a failure: what was acknowledged is shown instead.
    private Finding statistics() {
        List<String> unreadable = above("varve_layers_unreadable", 0);
        return new Finding(
                "statistics",
                true,
                unreadable.isEmpty()
                        ? "the platforms' counts are readable"
                        : "not readable for some layers, the CAPI status says why: " + joined(unreadable),
                "");
    }

    private Finding backlog() {
        List<String> old = above("varve_delivery_backlog_oldest_seconds", LONG_WAIT_SECONDS);
        return new Finding(
                "backlog",
                old.isEmpty(),
                old.isEmpty() ? "nothing waits longer than an hour" : "seconds the oldest event waits: " + joined(old),
                "see the CAPI status of the projects, and whether the platform is in trouble");
    }

    private Finding accounting() {
        List<String> unexplained = above("varve_accounting_unexplained_events", 0);
        return new Finding(
                "accounting",
                unexplained.isEmpty(),
                unexplained.isEmpty() ? "every event is accounted for" : "unexplained events: " + joined(unexplained),
                "report it with the log lines accounting.unexplained");
    }

    /// Samples above the limit, as `platform value`, or the value alone.
    private List<String> above(String metric, double limit) {
        Pattern sample = Pattern.compile("(?m)^" + metric + "(?:\\{platform=\"([a-z]+)\"})? ([0-9.E+]+)$");
        return sample.matcher(metrics)
                .results()
                .filter(found -> Double.parseDouble(found.group(2)) > limit)
                .map(RunningChecks::shown)
                .toList();
    }

    private static String shown(MatchResult found) {
        String value = Long.toString(Math.round(Double.parseDouble(found.group(2))));
        return found.group(1) == null ? value : found.group(1) + " " + value;
    }

    private static String joined(List<String> values) {
        return String.join(", ", values);
    }
}
