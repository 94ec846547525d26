package dev.varve.server.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ApiException.Issue;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Reads a JSON object field by field and collects every problem, so that the caller hears of all of them at once.
/// A field that is absent or bad reads as its fallback; call `finish` before using what was read. Unknown fields
/// are ignored.
///
/// Each field has one type, and null is a problem unless the method that reads it says `OrNull`: so is the
/// whole Partner API, but for what events say, which `dev.varve.collect` reads.
final class Fields {
    static final String READ_ONLY = "is read-only";

    private final ObjectNode body;
    private final String prefix;
    private final List<Issue> issues;

    private Fields(ObjectNode body, String prefix, List<Issue> issues) {
        this.body = body;
        this.prefix = prefix;
        this.issues = issues;
    }

    /// @throws ApiException 422 at once when the body is no object
    static Fields of(JsonNode body) {
        if (body instanceof ObjectNode object) {
            return new Fields(object, "", new ArrayList<>());
        }
        throw ApiException.invalid("", "the body must be a JSON object");
    }

    /// What a string must be. `got` ends the message with what came; never the text itself where it may be a secret.
    record Text(Predicate<String> test, String message, UnaryOperator<String> got) {
        static final Text ANY = new Text(_ -> true, "");

        Text(Predicate<String> test, String message) {
            this(test, message, _ -> ", got other text");
        }

        static Text length(int min, int max) {
            return new Text(
                    text -> {
                        int length = characters(text);
                        return length >= min && length <= max;
                    },
                    min == 0 ? "at most " + max + " characters" : min + " to " + max + " characters",
                    text -> ", got " + characters(text));
        }

        static Text oneOf(Set<String> allowed) {
            return new Text(
                    allowed::contains,
                    "must be one of "
                            + String.join(", ", allowed.stream().sorted().toList()),
                    text -> ", got " + ApiCall.shown(text));
        }

        private static int characters(String text) {
            return text.codePointCount(0, text.length());
        }
    }

    boolean has(String name) {
        return body.has(name);
    }

    boolean isNull(String name) {
        return body.path(name).isNull();
    }

    Set<String> names() {
        Set<String> names = new HashSet<>();
        body.fieldNames().forEachRemaining(names::add);
        return names;
    }

    void require(String... names) {
        for (String name : names) {
            if (!has(name)) {
                issue(name, "is required");
            }
        }
    }

    void refuse(String message, String... names) {
        for (String name : names) {
            if (has(name)) {
                issue(name, message);
            }
        }
    }

    /// A PATCH must not name what is only shown: every member of `shown` that is not changeable.
    void refuseReadOnly(ObjectNode shown, Set<String> changeable) {
        shown.fieldNames().forEachRemaining(name -> {
            if (!changeable.contains(name)) {
                refuse(READ_ONLY, name);
            }
        });
    }

    String text(String name, String fallback, Text rule) {
        if (!has(name)) {
            return fallback;
        }
        JsonNode value = body.get(name);
        if (!value.isTextual()) {
            issue(name, "must be a string, got " + kind(value));
            return fallback;
        }
        if (!rule.test().test(value.textValue())) {
            issue(name, rule.message() + rule.got().apply(value.textValue()));
            return fallback;
        }
        return value.textValue();
    }

    /// Unchecked; empty when it is no string.
    Optional<String> given(String name) {
        return Optional.ofNullable(body.path(name).textValue());
    }

    /// Of a field that was checked before; empty when it is no string.
    String givenText(String name) {
        return body.path(name).asText("");
    }

    @Nullable
    String textOrNull(String name, @Nullable String fallback, Text rule) {
        if (!has(name)) {
            return fallback;
        }
        return body.get(name).isNull() ? null : text(name, "", rule);
    }

    boolean bool(String name, boolean fallback) {
        if (!has(name)) {
            return fallback;
        }
        if (!body.get(name).isBoolean()) {
            issue(name, "must be true or false, got " + kind(body.get(name)));
        }
        return body.get(name).booleanValue();
    }

    int integer(String name, int fallback, int min, int max) {
        if (!has(name)) {
            return fallback;
        }
        JsonNode value = body.get(name);
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < min || value.intValue() > max) {
            issue(name, "must be an integer from " + min + " to " + max + ", got " + shownNumber(value));
            return fallback;
        }
        return value.intValue();
    }

    /// Empty when absent, null or bad; null is no problem.
    Optional<ObjectNode> objectOrNull(String name, int maxBytes) {
        return isNull(name) ? Optional.empty() : object(name, maxBytes);
    }

    /// As `objectOrNull`, of an object that is stored as it is: numbers have to fit into the store.
    Optional<ObjectNode> anythingOrNull(String name, int maxBytes) {
        Optional<ObjectNode> object = objectOrNull(name, maxBytes);
        object.ifPresent(found -> NumberLimit.check(found, name, this::issue));
        return object;
    }

    /// Empty when absent or bad.
    Optional<ObjectNode> object(String name, int maxBytes) {
        JsonNode value = body.path(name);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        if (!(value instanceof ObjectNode object)) {
            issue(name, "must be an object, got " + kind(value));
            return Optional.empty();
        }
        int bytes = object.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > maxBytes) {
            issue(name, "at most " + maxBytes + " bytes, got " + bytes);
            return Optional.empty();
        }
        return Optional.of(object);
    }

    /// The fields of a member object; empty when absent or bad.
    Optional<Fields> fields(String name) {
        return object(name, Body.LIMIT).map(object -> new Fields(object, prefix + name + ".", issues));
    }

    /// As `fields`, but null is no problem.
    Optional<Fields> fieldsOrNull(String name) {
        return isNull(name) ? Optional.empty() : fields(name);
    }

    List<String> texts(String name, List<String> fallback, int maxItems, Text rule) {
        return has(name) ? texts(name, 1, maxItems, rule) : fallback;
    }

    /// As `texts`, but the array may be empty, and reads so when it is absent.
    List<String> textsOrNone(String name, int maxItems, Text rule) {
        return has(name) ? texts(name, 0, maxItems, rule) : List.of();
    }

    private List<String> texts(String name, int minItems, int maxItems, Text rule) {
        JsonNode value = body.get(name);
        if (!value.isArray() || value.size() < minItems || value.size() > maxItems) {
            issue(name, "must be an array of " + minItems + " to " + maxItems + " strings, got " + kind(value));
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < value.size(); i++) {
            JsonNode item = value.get(i);
            if (!item.isTextual()) {
                issue(name + "[" + i + "]", "must be a string, got " + kind(item));
            } else if (!rule.test().test(item.textValue())) {
                issue(name + "[" + i + "]", rule.message() + rule.got().apply(item.textValue()));
            } else {
                texts.add(item.textValue());
            }
        }
        return texts;
    }

    /// Empty when absent or bad.
    Optional<Instant> time(String name) {
        return ApiTime.parse(
                text(name, "", new Text(given -> ApiTime.parse(given).isPresent(), ApiTime.EXPECTED)));
    }

    /// What a value is called in messages.
    static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> "a string";
            case NUMBER -> "a number";
            case BOOLEAN -> value.asText();
            case NULL -> "null";
            case OBJECT, POJO -> "an object";
            case ARRAY -> "an array of " + value.size();
            case BINARY, MISSING -> "nothing";
        };
    }

    private static String shownNumber(JsonNode value) {
        return value.isNumber() && value.asText().length() <= 20 ? value.asText() : kind(value);
    }

    /// As if this member of an object had not been sent.
    void dropWithin(String name, String member) {
        if (body.get(name) instanceof ObjectNode object) {
            object.remove(member);
        }
    }

    void issue(String name, String message) {
        issues.add(new Issue(prefix + name, message));
    }

    /// @throws ApiException 422 with every problem found
    void finish() {
        if (!issues.isEmpty()) {
            throw ApiException.invalid(issues);
        }
    }
}
