package dev.varve.postback;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Reads a postback's body. Pure.
final class PostbackReader {
    private static final JsonMapper JSON = JsonMapper.builder(com.fasterxml.jackson.core.JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(16).build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private PostbackReader() {}

    /// Empty when the body is no JSON object.
    static Optional<Postback> read(byte[] body) {
        Optional<ObjectNode> object = object(body);
        if (object.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode fields = object.get();
        if (!fields.path("jws-string").isTextual()) {
            return Optional.of(new Postback(Postback.Kind.SKADNETWORK, fields, raw(body)));
        }
        byte[] payload = payload(fields.path("jws-string").textValue());
        ObjectNode signed = object(payload).orElseGet(JSON::createObjectNode);
        ObjectNode all = fields.deepCopy();
        all.setAll(signed);
        return Optional.of(new Postback(Postback.Kind.ATTRIBUTION_KIT, all, raw(payload)));
    }

    /// Empty when it is not base64url.
    static byte[] decoded(String part) {
        try {
            return Base64.getUrlDecoder().decode(part);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    static Optional<ObjectNode> object(byte[] json) {
        try {
            JsonNode tree = JSON.readTree(json);
            return tree instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static byte[] payload(String jws) {
        String[] parts = jws.split("\\.", -1);
        return parts.length == 3 ? decoded(parts[1]) : "{}".getBytes(StandardCharsets.US_ASCII);
    }

    private static RawFields raw(byte[] json) {
        Map<String, String> texts = new HashMap<>();
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    JsonToken token = parser.nextToken();
                    if (token.isScalarValue() && token != JsonToken.VALUE_NULL) {
                        texts.put(name, parser.getText());
                    }
                    parser.skipChildren();
                }
            }
        } catch (IOException e) {
            texts.clear();
        }
        return new RawFields(texts);
    }
}
