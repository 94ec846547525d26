package dev.varve.connectors.meta;

import dev.varve.connectors.mapping.EventFacts;
import dev.varve.destination.Destination;
import dev.varve.event.Event;
import dev.varve.event.LoggedEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/// When Meta stops accepting an event: after 7 days, in a physical store after 62. Both end early enough that a request
/// on its way still arrives in time.
final class MetaAge {
    static final Duration MAX = Duration.ofDays(7).minusMinutes(15);
    static final Duration MAX_IN_STORE = Duration.ofDays(62).minusHours(1);

    /// Begins `actionSource` and `action_source`.
    private static final byte[] SOURCE_NAME = ascii("\"action");

    private static final byte[] STORE = ascii("\"physical_store\"");
    private static final byte[] TIKTOK_STORE = ascii("\"offline\"");

    private MetaAge() {}

    static Instant tooOldAt(Event event, ActionSource source) {
        return event.occurredAt().plus(source == ActionSource.PHYSICAL_STORE ? MAX_IN_STORE : MAX);
    }

    /// Called before each attempt, so the document is parsed only when it could name another source than the layer.
    static Instant tooOldAt(LoggedEvent logged, Destination destination) {
        ActionSource layers = ActionSource.parse(destination.mapping().actionSource());
        ActionSource assumed = layers == null ? ActionSource.OTHER : layers;
        if (!mayDiffer(logged.event().document(), assumed)) {
            return tooOldAt(logged.event(), assumed);
        }
        ActionSource stated =
                EventFacts.document(logged).map(ActionSource::stated).orElse(null);
        return tooOldAt(logged.event(), stated == null ? assumed : stated);
    }

    private static boolean mayDiffer(byte[] document, ActionSource assumed) {
        return contains(document, SOURCE_NAME)
                && (assumed == ActionSource.PHYSICAL_STORE
                        || contains(document, STORE)
                        || contains(document, TIKTOK_STORE));
    }

    private static boolean contains(byte[] document, byte[] word) {
        int last = document.length - word.length;
        for (int i = 0; i <= last; i++) {
            if (document[i] == word[0]
                    && document[i + 1] == word[1]
                    && Arrays.equals(document, i, i + word.length, word, 0, word.length)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
