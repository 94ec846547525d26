package dev.varve.collect;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Looks for the app of a batch whose request does not name it: that of the first event with an `app_id`. Reads no
/// further than that event. Needed before the real pass, because the app says how national phone numbers are to be
/// read.
final class AppIdScan {
    private AppIdScan() {}

    /// Null when no event names an app, also when the body is unreadable before one does.
    static @Nullable String find(byte[] body) {
        try (JsonParser parser = BodyReader.JSON.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            String found = null;
            while (found == null && parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean isEvents = parser.currentName().equals("events");
                if (parser.nextToken() == JsonToken.START_ARRAY && isEvents) {
                    found = inEvents(parser);
                } else {
                    parser.skipChildren();
                }
            }
            return found;
        } catch (IOException e) {
            return null;
        }
    }

    private static @Nullable String inEvents(JsonParser parser) throws IOException {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                parser.skipChildren();
                continue;
            }
            String found = inEvent(parser);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static @Nullable String inEvent(JsonParser parser) throws IOException {
        String found = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            boolean isAppId = parser.currentName().equals("app_id");
            JsonToken token = parser.nextToken();
            if (isAppId && token == JsonToken.VALUE_STRING) {
                found = parser.getText();
            }
            parser.skipChildren();
        }
        return found;
    }
}
