package dev.varve.sandbox.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The present positions of all switches. Thread-safe.
public final class Switches {
    private final Map<Switch, String> values = new EnumMap<>(Switch.class);

    public synchronized String value(Switch which) {
        return values.getOrDefault(which, which.initial());
    }

    public boolean isOn(Switch which) {
        return value(which).equals("true");
    }

    public int number(Switch which) {
        return Integer.parseInt(value(which));
    }

    /// Sets what `{"meta": {…}, "tiktok": {…}}` names, all or nothing; answers what is wrong with it, if anything.
    public synchronized Optional<String> set(JsonNode json) {
        Map<Switch, String> wanted = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> part : json.properties()) {
            Optional<SimPlatform> platform = SimPlatform.parse(part.getKey());
            if (platform.isEmpty()) {
                return Optional.of("unknown platform: " + part.getKey());
            }
            for (Map.Entry<String, JsonNode> entry : part.getValue().properties()) {
                Optional<Switch> which = Switch.find(platform.get(), entry.getKey());
                String value = entry.getValue().asText();
                if (which.isEmpty() || !which.get().allows(value)) {
                    return Optional.of(
                            "not a switch or value: " + part.getKey() + "." + entry.getKey() + " = " + value);
                }
                wanted.put(which.get(), value);
            }
        }
        values.putAll(wanted);
        return Optional.empty();
    }

    public synchronized ObjectNode toJson() {
        ObjectNode json = Json.object();
        for (SimPlatform platform : SimPlatform.values()) {
            json.putObject(platform.shortName());
        }
        for (Switch which : Switch.values()) {
            json.withObjectProperty(which.platform().shortName()).put(which.key(), value(which));
        }
        return json;
    }

    synchronized void reset() {
        values.clear();
    }
}
