package dev.varve.connectors;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.varve.connectors.mapping.Text;
import dev.varve.destination.PreparedEvent;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// Joins prepared payloads to a request body: `{…members…,"data":[…payloads…]}`. Payload bytes are copied, never
/// parsed.
public final class RequestBody {
    private RequestBody() {}

    /// `members`: text members that stand beside `data`, in order.
    public static byte[] of(Map<String, String> members, List<PreparedEvent> events) {
        ByteArrayOutputStream body = new ByteArrayOutputStream(size(events));
        write(body, "{");
        members.forEach((name, value) -> write(body, quoted(name) + ":" + quoted(value) + ","));
        write(body, "\"data\":[");
        for (int i = 0; i < events.size(); i++) {
            if (i > 0) {
                body.write(',');
            }
            body.writeBytes(events.get(i).payload());
        }
        write(body, "]}");
        return body.toByteArray();
    }

    private static int size(List<PreparedEvent> events) {
        return 256
                + events.stream().mapToInt(event -> event.payload().length + 1).sum();
    }

    private static String quoted(String text) {
        return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(Text.wellFormed(text))) + "\"";
    }

    private static void write(ByteArrayOutputStream body, String text) {
        body.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
