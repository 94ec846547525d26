package dev.varve.server.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/// How a case went.
sealed interface Verdict {
    /// What is printed of it, if anything.
    List<String> line();

    record Passed() implements Verdict {
        @Override
        public List<String> line() {
            return List.of();
        }
    }

    record Failed(String id, List<String> differences) implements Verdict {
        @Override
        public List<String> line() {
            return List.of("FAILED " + id + ": " + String.join("; ", differences));
        }
    }

    /// Of tier B and otherwise than expected. `reasons`: the case's own words for why.
    record Contested(String id, List<String> differences, List<String> reasons) implements Verdict {
        @Override
        public List<String> line() {
            String why = reasons.isEmpty() ? "" : " (" + String.join("; ", reasons) + ")";
            return List.of("contested " + id + ": " + String.join("; ", differences) + why);
        }
    }

    record IllFormed(String id, String reason) implements Verdict {
        @Override
        public List<String> line() {
            return List.of("ILL-FORMED " + id + ": " + reason);
        }
    }

    static Verdict of(Case one, List<String> differences) {
        if (differences.isEmpty()) {
            return new Passed();
        }
        return one.mustPass()
                ? new Failed(one.id(), differences)
                : new Contested(one.id(), differences, reasons(one.expected().path("varve")));
    }

    private static List<String> reasons(JsonNode given) {
        List<String> reasons = new ArrayList<>();
        if (given.isTextual()) {
            reasons.add(given.textValue());
        }
        given.forEach(reason -> reasons.add(reason.asText()));
        return reasons;
    }
}
