package dev.varve.sandbox.sim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// An event that a simulated platform acknowledged. `payload` is its JSON as received (a TikTok merge adds to it).
@SuppressWarnings("ArrayRecordComponent")
public record AcceptedEvent(
        long number,
        SimPlatform platform,
        String pixelId,
        String eventName,
        @Nullable String eventId,
        Verdict verdict,
        boolean fromBrowser,
        List<String> ignoredKeys,
        @Nullable String testEventCode,
        Instant receivedAt,
        byte[] payload) {

    /// What dedup made of it.
    public enum Verdict {
        COUNTED,
        DUPLICATE,
        /// A TikTok repeat within five minutes: its data filled gaps of the first.
        MERGED,
        /// Was counted until the browser's own report of it came within five minutes (Meta).
        REPLACED_BY_BROWSER
    }

    public boolean isDuplicate() {
        return verdict != Verdict.COUNTED;
    }

    AcceptedEvent with(Verdict other, byte[] otherPayload) {
        return new AcceptedEvent(
                number,
                platform,
                pixelId,
                eventName,
                eventId,
                other,
                fromBrowser,
                ignoredKeys,
                testEventCode,
                receivedAt,
                otherPayload);
    }

    long weight() {
        return payload.length + 256L;
    }

    public ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.put("number", number);
        json.put("platform", platform.shortName());
        json.put("pixelId", pixelId);
        json.put("eventName", eventName);
        json.put("eventId", eventId);
        json.put("duplicate", isDuplicate());
        json.put("verdict", verdict.name().toLowerCase(Locale.ROOT));
        json.put("source", fromBrowser ? "browser" : "server");
        ignoredKeys.forEach(json.putArray("ignoredKeys")::add);
        json.put("testEventCode", testEventCode);
        json.put("receivedAt", receivedAt.toString());
        json.putRawValue("payload", new RawValue(new String(payload, StandardCharsets.UTF_8)));
        return json;
    }
}
