package dev.varve.postback;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The scalar members of a JSON object as they were written: numbers and booleans letter by letter.
record RawFields(Map<String, String> texts) {
    RawFields {
        texts = Map.copyOf(texts);
    }

    @Nullable
    String text(String name) {
        return texts.get(name);
    }

    String or(String name, String other) {
        return texts.getOrDefault(name, other);
    }
}
