package dev.varve.connectors.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The free properties of an event, asked by meaning.
public record Properties(JsonNode json) {

    /// Names of one meaning, in the order they are looked up; each is also read in camel case.
    public record Names(List<String> spellings) {
        public static Names of(String... names) {
            List<String> spellings = new ArrayList<>();
            for (String name : names) {
                spellings.add(name);
                String camel = camelCase(name);
                if (!camel.equals(name)) {
                    spellings.add(camel);
                }
            }
            return new Names(List.copyOf(spellings));
        }

        private static String camelCase(String name) {
            if (name.startsWith("_") || name.startsWith("$") || name.startsWith("fb_")) {
                return name;
            }
            StringBuilder camel = new StringBuilder();
            for (String word : name.split("_")) {
                camel.append(
                        camel.isEmpty() ? word : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
            }
            return camel.toString();
        }
    }

    public @Nullable JsonNode get(String name) {
        return json.get(name);
    }

    /// The first that is there: neither null nor blank nor an empty list or object.
    public @Nullable JsonNode first(Names names) {
        return first(json, names);
    }

    public @Nullable String text(Names names) {
        return Text.of(first(names));
    }

    /// A text that may be shown to a platform: null when replaced at ingest, masked otherwise.
    public @Nullable String plainText(Names names) {
        return plainText(json, names);
    }

    static @Nullable String plainText(JsonNode object, Names names) {
        return Text.shown(first(object, names));
    }

    static @Nullable JsonNode first(JsonNode object, Names names) {
        for (String name : names.spellings()) {
            JsonNode value = object.get(name);
            if (value != null && !isNothing(value)) {
                return value;
            }
        }
        return null;
    }

    private static boolean isNothing(JsonNode value) {
        return value.isNull()
                || value.isTextual() && value.textValue().isBlank()
                || value.isContainerNode() && value.isEmpty();
    }
}
