package dev.varve.collect;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.varve.event.Platform;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/// Reads `{meta?, tiktok?}`, the codes that make events test events on the platforms.
final class TestEventCodes {
    private static final int MAX_LENGTH = 64;

    private TestEventCodes() {}

    /// By the platform's short name; other members and values that are no short text are skipped.
    static Map<String, String> read(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return Map.of();
        }
        Map<String, String> codes = new HashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            boolean isPlatform = Platform.parse(name).isPresent();
            boolean isText = parser.nextToken() == JsonToken.VALUE_STRING;
            if (isPlatform && isText && parser.getTextLength() > 0 && parser.getTextLength() <= 2 * MAX_LENGTH) {
                String code = SafeText.of(parser.getText());
                if (code.codePointCount(0, code.length()) <= MAX_LENGTH) {
                    codes.put(name, code);
                }
            }
            parser.skipChildren();
        }
        return Map.copyOf(codes);
    }
}
