package dev.varve.destination;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.destination.Destination.AccessToken;
import dev.varve.destination.Destination.DataProcessing;
import dev.varve.destination.Destination.Mapping;
import dev.varve.tenant.Layer;
import dev.varve.tenant.Mode;
import dev.varve.tenant.PlatformEndpoints;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes a layer's configuration a destination.
public final class LayerDestination {
    private LayerDestination() {}

    public static Destination of(Layer layer, Mode mode, PlatformEndpoints endpoints, Optional<String> token) {
        return new Destination(
                new Destination.Key(layer.projectId(), layer.platform()),
                layer.enabled(),
                mode == Mode.TEST,
                layer.pixelId(),
                token.map(AccessToken::new),
                endpoints.baseUrl(layer.platform(), mode),
                mapping(layer.settings()));
    }

    private static Mapping mapping(Layer.Settings settings) {
        return new Mapping(
                eventMap(settings.eventMap()),
                settings.actionSource(),
                dataProcessing(settings.dataProcessingOptions()));
    }

    private static Map<String, Optional<String>> eventMap(@Nullable ObjectNode stored) {
        Map<String, Optional<String>> map = new HashMap<>();
        if (stored != null) {
            stored.properties()
                    .forEach(member -> map.put(
                            member.getKey(),
                            member.getValue().isNull()
                                    ? Optional.empty()
                                    : Optional.of(member.getValue().textValue())));
        }
        return map;
    }

    private static @Nullable DataProcessing dataProcessing(@Nullable JsonNode options) {
        if (options == null || options.isNull()) {
            return null;
        }
        return new DataProcessing(
                !options.path("options").isEmpty(),
                options.path("country").intValue(),
                options.path("state").intValue());
    }
}
