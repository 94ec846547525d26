package dev.varve.server.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.varve.event.Platform;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// Compares an expected value with a sent one, as a subset: members that nobody asked for are free.
///
/// `alternatives`: the case's `accept_also`, by member or by section. `found` receives the differences.
record Comparison(Platform platform, JsonNode alternatives, List<String> found) {
    private static final Pattern ID = Pattern.compile("(.*_)?ids?");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    /// Meta wants these as integers.
    private static final Set<String> NUMERIC_IDS = Set.of("lead_id", "fb_login_id");
    /// Sent in both forms that are in use, so that further hashes beside the expected one are right.
    private static final Set<String> TWO_FORMS = Set.of("fn", "ln", "external_id");

    /// What keeps the matchers of a case from being used, or null.
    static @Nullable String problem(JsonNode expected) {
        JsonNode regex = expected.path("regex");
        if (regex.isTextual()) {
            try {
                Pattern.compile(regex.textValue());
            } catch (PatternSyntaxException e) {
                return "regex: " + e.getDescription();
            }
        }
        for (JsonNode child : expected) {
            String problem = problem(child);
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    void compareSection(String section, JsonNode expected, JsonNode actual, String path) {
        JsonNode alternative = alternatives.path(section);
        if (alternative.isObject() && silent(alternative, actual, path)) {
            return;
        }
        compare(expected, actual, path);
    }

    void compare(JsonNode expected, JsonNode actual, String path) {
        if (expected.isMissingNode()) {
            return;
        }
        if (isMatcher(expected) || !expected.isObject()) {
            JsonNode also = alternatives.path(key(path));
            if (!matches(expected, actual, path) && (also.isMissingNode() || !matches(also, actual, path))) {
                found.add(path + ": expected " + expected + ", got "
                        + (actual.isMissingNode() ? "nothing" : actual.toString()));
            }
            return;
        }
        expected.properties().forEach(member -> {
            String inner = path.isEmpty() ? member.getKey() : path + "." + member.getKey();
            compare(member.getValue(), actual.path(member.getKey()), inner);
        });
    }

    private boolean silent(JsonNode expected, JsonNode actual, String path) {
        List<String> none = new ArrayList<>();
        new Comparison(platform, MissingNode.getInstance(), none).compare(expected, actual, path);
        return none.isEmpty();
    }

    private static boolean isMatcher(JsonNode expected) {
        return expected.path("regex").isTextual() || expected.path("any_of").isArray();
    }

    private boolean matches(JsonNode expected, JsonNode actual, String path) {
        if (expected.path("any_of").isArray()) {
            for (JsonNode option : expected.get("any_of")) {
                if (matches(option, actual, path)) {
                    return true;
                }
            }
            return false;
        }
        if (expected.path("regex").isTextual()) {
            JsonNode text = actual.isArray() && actual.size() == 1 ? actual.get(0) : actual;
            return text.isValueNode()
                    && Pattern.compile(expected.get("regex").textValue())
                            .matcher(text.asText())
                            .find();
        }
        if (expected.isObject()) {
            return actual.isObject() && silent(expected, actual, path);
        }
        if (expected.isNull()) {
            return actual.isMissingNode() || actual.isNull();
        }
        if (isHashes(expected) || isHashes(actual)) {
            return areSameHashes(expected, actual, key(path));
        }
        return expected.isArray() ? areSameLists(expected, actual, path) : isSameScalar(expected, actual, path);
    }

    private boolean areSameLists(JsonNode expected, JsonNode actual, String path) {
        if (!actual.isArray() || expected.size() != actual.size()) {
            return false;
        }
        for (int i = 0; i < expected.size(); i++) {
            if (!matches(expected.get(i), actual.get(i), path)) {
                return false;
            }
        }
        return true;
    }

    private boolean isSameScalar(JsonNode expected, JsonNode actual, String path) {
        String key = key(path);
        if (path.contains("extinfo")) {
            return actual.isValueNode() && expected.asText().equals(actual.asText());
        }
        if (ID.matcher(key).matches() && expected.isValueNode()) {
            boolean isRightType = actual.isTextual() || NUMERIC_IDS.contains(key) && actual.isNumber();
            return isRightType && expected.asText().equals(actual.asText());
        }
        if (expected.isNumber()) {
            return actual.isNumber() && expected.decimalValue().compareTo(actual.decimalValue()) == 0;
        }
        if (key.equals("currency")) {
            return actual.isTextual() && expected.asText().equalsIgnoreCase(actual.textValue());
        }
        return expected.equals(actual);
    }

    private static boolean isHashes(JsonNode node) {
        if (node.isArray() && !node.isEmpty()) {
            for (JsonNode element : node) {
                if (!isHash(element)) {
                    return false;
                }
            }
            return true;
        }
        return isHash(node);
    }

    private static boolean isHash(JsonNode node) {
        return node.isTextual() && HASH.matcher(node.textValue()).matches();
    }

    /// A scalar is a list of one; lists are sets, but what was sent holds nothing twice.
    private boolean areSameHashes(JsonNode expected, JsonNode actual, String key) {
        Set<String> wanted = texts(expected);
        Set<String> sent = texts(actual);
        boolean isRepeated = actual.isArray() && sent.size() != actual.size();
        boolean mayHoldMore = platform == Platform.META && TWO_FORMS.contains(key);
        return !isRepeated && (mayHoldMore ? !wanted.isEmpty() && sent.containsAll(wanted) : sent.equals(wanted));
    }

    private static Set<String> texts(JsonNode node) {
        Set<String> texts = new HashSet<>();
        if (node.isTextual()) {
            texts.add(node.textValue());
        }
        node.forEach(element -> texts.add(element.asText()));
        return texts;
    }

    private static String key(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }
}
