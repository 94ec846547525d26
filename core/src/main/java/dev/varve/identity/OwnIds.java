package dev.varve.identity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.identity.KnownIds.Seen;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The click and browser ids that an event brings itself, in its document's `match` member. Pure.
public final class OwnIds {
    private static final List<String> NAMES =
            List.of(MatchFields.FBCLID, MatchFields.FBC, MatchFields.FBP, MatchFields.TTCLID, MatchFields.TTP);

    private OwnIds() {}

    /// False when the document certainly has none, so that it need not be parsed: looks for a name that starts as one
    /// of them does (`"fbc`, `"fbp`, `"ttc`, `"ttp`).
    public static boolean mayBeIn(byte[] document) {
        for (int i = 0; i + 3 < document.length; i++) {
            if (document[i] == '"' && isStart(document[i + 1], document[i + 2], document[i + 3])) {
                return true;
            }
        }
        return false;
    }

    private static boolean isStart(byte first, byte second, byte third) {
        boolean family = first == 'f' && second == 'b' || first == 't' && second == 't';
        return family && (third == 'c' || third == 'p');
    }

    /// What the parsed document brings. An `fbc` that ingest built of `fbclid` and the event's own time is left out:
    /// it says nothing that `fbclid` does not say, and is another one with every event.
    public static Map<String, Seen> of(JsonNode document, Instant occurredAt) {
        JsonNode match = document.path("match");
        Map<String, Seen> ids = new HashMap<>();
        for (String name : NAMES) {
            String value = match.path(name).textValue();
            if (value != null && !value.isEmpty()) {
                ids.put(name, new Seen(value, occurredAt));
            }
        }
        Seen fbc = ids.get(MatchFields.FBC);
        Seen fbclid = ids.get(MatchFields.FBCLID);
        if (fbc != null && fbclid != null && fbc.value().equals(ClickIds.buildFbc(fbclid.value(), occurredAt))) {
            ids.remove(MatchFields.FBC);
        }
        return ids;
    }
}
