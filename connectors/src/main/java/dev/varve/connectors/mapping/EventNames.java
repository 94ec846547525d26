package dev.varve.connectors.mapping;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Order of look-up of a platform's event name: the layer's own map, then the default map, then standard names as they
/// are. Names are compared exactly.
public record EventNames(Map<String, String> defaults, Function<String, @Nullable String> standard) {
    private static final int MAX_LENGTH = 50;

    public EventNames {
        defaults = Map.copyOf(defaults);
    }

    /// Null: unmapped. A name from the layer's own map is trimmed and counts as absent unless it has 1 to 50
    /// characters.
    public @Nullable String resolve(String name, Map<String, Optional<String>> overrides) {
        Optional<String> override = overrides.get(name);
        if (override != null) {
            return override.map(String::strip)
                    .filter(own -> !own.isEmpty() && own.length() <= MAX_LENGTH)
                    .orElse(null);
        }
        String mapped = defaults.get(name);
        return mapped != null ? mapped : standard.apply(name);
    }
}
