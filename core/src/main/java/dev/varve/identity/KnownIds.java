package dev.varve.identity;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/// What is known of a person or an install from elsewhere than the event at hand: click and browser ids that earlier
/// events brought, and the matching fields of the stored profile.
///
/// `ids`: by member name of [MatchFields] (`fbclid`, `fbc`, `fbp`, `ttclid`, `ttp`), with the time each value was first
/// seen. `profile`: members of a `match` object; never changed after construction.
public record KnownIds(Map<String, Seen> ids, ObjectNode profile) {
    /// How long a click may count; Meta keeps an `fbc` as long.
    public static final Duration LIFETIME = Duration.ofDays(90);

    public static final KnownIds NONE = new KnownIds(Map.of(), JsonNodeFactory.instance.objectNode());

    public record Seen(String value, Instant firstAt) {}

    public KnownIds {
        ids = Map.copyOf(ids);
    }

    public boolean isEmpty() {
        return ids.isEmpty() && profile.isEmpty();
    }
}
