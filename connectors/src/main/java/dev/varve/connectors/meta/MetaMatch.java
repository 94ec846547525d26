package dev.varve.connectors.meta;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.connectors.mapping.EventFacts;
import dev.varve.connectors.mapping.Text;
import org.jspecify.annotations.Nullable;

/// The matching fields of an event, completed field by field by those of its person's stored profile.
record MetaMatch(JsonNode own, JsonNode profile) {
    static MetaMatch of(EventFacts facts) {
        return new MetaMatch(facts.match(), facts.candidate().known().profile());
    }

    @Nullable
    JsonNode get(String key) {
        JsonNode given = own.get(key);
        return isThere(given) ? given : profile.get(key);
    }

    @Nullable
    String text(String key) {
        return Text.shown(get(key));
    }

    private static boolean isThere(@Nullable JsonNode node) {
        if (node == null || node.isNull()) {
            return false;
        }
        return node.isContainerNode() ? !node.isEmpty() : !node.asText().isBlank();
    }
}
