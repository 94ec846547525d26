package dev.varve.delivery;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.event.Documents;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Takes out of a platform's payload what names a person or device in the clear. Hashes stay, and so does
/// what ingest has masked already, such as the query of a page's address. Pure.
final class PayloadMask {
    static final String MASK = "[masked]";

    /// Numbers stay as they were sent.
    private static final ObjectMapper JSON = JsonMapper.builder(Documents.FACTORY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();
    /// Names of either platform. `callback` is where TikTok's click id stands in `ad`.
    private static final Set<String> CLEAR = Set.of(
            "client_ip_address",
            "client_user_agent",
            "ip",
            "user_agent",
            "madid",
            "anon_id",
            "idfa",
            "idfv",
            "gaid",
            "fbc",
            "fbp",
            "fbclid",
            "ttclid",
            "ttp",
            "callback",
            "ctwa_clid",
            "subscription_id",
            "fb_login_id",
            "lead_id");

    private PayloadMask() {}

    /// Null when it is no JSON.
    static @Nullable String mask(byte[] payload) {
        try {
            JsonNode tree = JSON.readTree(payload);
            if (tree == null || tree.isMissingNode()) {
                return null;
            }
            mask(tree);
            return JSON.writeValueAsString(tree);
        } catch (IOException e) {
            return null;
        }
    }

    private static void mask(JsonNode node) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> member : List.copyOf(object.properties())) {
                if (CLEAR.contains(member.getKey())) {
                    object.put(member.getKey(), MASK);
                } else {
                    mask(member.getValue());
                }
            }
        } else {
            node.forEach(PayloadMask::mask);
        }
    }
}
