package dev.varve.server.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.varve.event.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a case expects, held against what was sent. A difference is a sentence.
final class Expectations {
    /// Of the case → of the payload; an empty name is the payload itself.
    private static final Map<String, String> SECTIONS = Map.of(
            "expected_event", "",
            "expected_meta_user_data", "user_data",
            "expected_tiktok_user", "user",
            "expected_custom_data", "custom_data",
            "expected_properties", "properties",
            "expected_page", "page",
            "expected_lead", "lead",
            "expected_app_data", "app_data",
            "expected_app", "app");
    private static final List<String> OTHERS = List.of(
            "expected_request",
            "expected_extinfo_slots",
            "expected_extinfo_length",
            "must_be_absent",
            "must_be_present",
            "expected_error");
    private static final List<String> OF_META = List.of(
            "expected_meta_user_data",
            "expected_custom_data",
            "expected_app_data",
            "expected_extinfo_slots",
            "expected_extinfo_length");
    private static final List<String> OF_TIKTOK =
            List.of("expected_tiktok_user", "expected_properties", "expected_page", "expected_lead");

    private Expectations() {}

    static boolean speaksOf(Platform platform, JsonNode entry) {
        return switch (platform) {
            case META -> OF_META.stream().anyMatch(entry::has);
            case TIKTOK -> OF_TIKTOK.stream().anyMatch(entry::has);
        };
    }

    /// What makes the expectations unusable, or null.
    static @Nullable String problem(JsonNode entry) {
        for (String section : SECTIONS.keySet()) {
            if (entry.has(section) && !entry.get(section).isObject()) {
                return section + ": expected an object";
            }
        }
        for (String list : List.of("must_be_absent", "must_be_present")) {
            if (entry.has(list) && !entry.get(list).isArray()) {
                return list + ": expected a list of paths";
            }
        }
        boolean isAny = SECTIONS.keySet().stream().anyMatch(entry::has)
                || OTHERS.stream().anyMatch(entry::has);
        return isAny ? Comparison.problem(entry) : "it expects nothing";
    }

    static List<String> differences(Case one, Sending sending) {
        JsonNode entry = one.expected();
        boolean isErrorExpected = entry.hasNonNull("expected_error") && !isFalse(entry.get("expected_error"));
        return switch (sending) {
            case Sending.NotSent(String reason) -> isErrorExpected ? List.of() : List.of("it was not sent, " + reason);
            case Sending.Sent sent ->
                isErrorExpected
                        ? List.of("an error was expected, but it was sent as " + sent.payload())
                        : differences(one, sent);
        };
    }

    private static boolean isFalse(JsonNode node) {
        return node.isBoolean() && !node.booleanValue();
    }

    private static List<String> differences(Case one, Sending.Sent sent) {
        List<String> found = new ArrayList<>();
        JsonNode entry = one.expected();
        Comparison comparison = new Comparison(one.platform(), entry.path("accept_also"), found);
        SECTIONS.forEach((section, member) -> {
            JsonNode actual = member.isEmpty() ? sent.payload() : sent.payload().path(member);
            if (belongsTo(one.platform(), section)) {
                comparison.compareSection(section, entry.path(section), actual, member);
            }
        });
        comparison.compareSection("expected_request", entry.path("expected_request"), sent.request(), "request");
        JsonNode extinfo = sent.payload().path("app_data").path("extinfo");
        entry.path("expected_extinfo_slots").properties().forEach(slot -> {
            String path = "app_data.extinfo." + slot.getKey();
            comparison.compare(slot.getValue(), at(sent.payload(), path), path);
        });
        if (entry.has("expected_extinfo_length")
                && extinfo.size() != entry.get("expected_extinfo_length").asInt()) {
            found.add("app_data.extinfo: expected " + entry.get("expected_extinfo_length") + " slots, got "
                    + extinfo.size());
        }
        entry.path("must_be_absent").forEach(path -> requireAbsent(sent, path.asText(), found));
        entry.path("must_be_present").forEach(path -> requirePresent(sent, path.asText(), found));
        return found;
    }

    private static boolean belongsTo(Platform platform, String section) {
        return !(platform == Platform.META ? OF_TIKTOK : OF_META).contains(section);
    }

    private static void requireAbsent(Sending.Sent sent, String path, List<String> found) {
        JsonNode actual = at(sent.payload(), path);
        if (!actual.isMissingNode() && !actual.isNull()) {
            found.add(path + ": must be absent, got " + actual);
        }
    }

    private static void requirePresent(Sending.Sent sent, String path, List<String> found) {
        JsonNode actual = at(sent.payload(), path);
        if (actual.isMissingNode() || actual.isNull()) {
            found.add(path + ": must be present");
        }
    }

    /// The value at a dotted path; list elements by number, as `contents.0.id` or `contents[0].id`.
    private static JsonNode at(JsonNode root, String path) {
        JsonNode node = root;
        for (String part : path.replace("[", ".").replace("]", "").split("\\.", -1)) {
            boolean isIndex = node.isArray() && part.matches("\\d{1,6}");
            node = isIndex ? node.path(Integer.parseInt(part)) : node.path(part);
        }
        return node == null ? MissingNode.getInstance() : node;
    }
}
