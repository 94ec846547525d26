package dev.varve.tenant;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/// The configuration of an app's SDK: the defaults with the app's `remoteConfig` laid over them, key by key. Immutable.
///
/// Ingest enforces the kill switch and the lists of event names. Sampling and rate limits are the SDK's: a server that
/// drew lots would lose events of SDKs that already did.
public final class RemoteConfig {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int DEFAULT_TTL_SECONDS = 300;
    private static final String KILL_SWITCH = "killswitch";
    private static final String TTL = "cache_ttl";

    public static final RemoteConfig DEFAULT = of(NODES.objectNode());

    private final byte[] document;
    private final String version;
    private final boolean isKilled;
    private final Set<String> allowed;
    private final Set<String> denied;

    private RemoteConfig(ObjectNode config, int ttlSeconds) {
        this.isKilled = config.path(KILL_SWITCH).asBoolean();
        this.allowed = names(config.at("/events/allowlist"));
        this.denied = names(config.at("/events/denylist"));
        this.version = fingerprint(ttlSeconds + config.toString());
        this.document = document(config, ttlSeconds).toString().getBytes(StandardCharsets.UTF_8);
    }

    /// `overlay`: the app's `remoteConfig`. A value of another type than the default's, and null, leave the default.
    public static RemoteConfig of(ObjectNode overlay) {
        ObjectNode config = defaults();
        lay(overlay, config);
        config.remove(TTL);
        if (!config.path(KILL_SWITCH).asBoolean()) {
            config.remove(KILL_SWITCH);
        }
        JsonNode ttl = overlay.path(TTL);
        boolean isTtl = ttl.isIntegralNumber() && ttl.canConvertToInt() && ttl.intValue() >= 0;
        return new RemoteConfig(config, isTtl ? ttl.intValue() : DEFAULT_TTL_SECONDS);
    }

    /// Whether ingest takes events of this name. An empty list of allowed names allows all.
    public boolean isCollected(String eventName) {
        return !isKilled && !denied.contains(eventName) && (allowed.isEmpty() || allowed.contains(eventName));
    }

    /// The answer of `GET /config`, JSON in UTF-8. Do not change it.
    public byte[] document() {
        return document;
    }

    /// Changes with the document and only with it.
    public String version() {
        return version;
    }

    private static ObjectNode defaults() {
        ObjectNode config = NODES.objectNode();
        ObjectNode events = config.putObject("events");
        events.putArray("allowlist");
        events.putArray("denylist");
        events.put("sampling_rate", 1);
        events.putObject("per_event_sampling");
        config.put("clipboard_attribution_enabled", false);
        config.put("fingerprint_resolve_enabled", false);
        config.put(KILL_SWITCH, false);
        return config;
    }

    private static void lay(ObjectNode overlay, ObjectNode under) {
        for (Map.Entry<String, JsonNode> member : overlay.properties()) {
            JsonNode there = under.get(member.getKey());
            JsonNode value = member.getValue();
            if (there instanceof ObjectNode below && value instanceof ObjectNode above) {
                lay(above, below);
            } else if (!value.isNull() && (there == null || there.getNodeType() == value.getNodeType())) {
                under.set(member.getKey(), value.deepCopy());
            }
        }
    }

    private static Set<String> names(JsonNode list) {
        Set<String> names = new HashSet<>();
        list.forEach(name -> {
            if (name.isTextual()) {
                names.add(name.textValue());
            }
        });
        return Set.copyOf(names);
    }

    private ObjectNode document(ObjectNode config, int ttlSeconds) {
        ObjectNode answer = NODES.objectNode();
        answer.putObject("data").put("version", version).put(TTL, ttlSeconds).set("config", config);
        return answer;
    }

    private static String fingerprint(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
