package dev.varve.identity;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
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

    public record Seen(String value, Instant firstAt) {
        /// The value seen later wins; the same value keeps the earlier time.
        private Seen merge(String name, Seen other) {
            if (isSame(name, value, other.value)) {
                return other.firstAt.isBefore(firstAt) ? other : this;
            }
            return other.firstAt.isAfter(firstAt) ? other : this;
        }

        /// The same click may stand in several forms of `fbc`.
        private static boolean isSame(String name, String a, String b) {
            if (a.equals(b)) {
                return true;
            }
            return name.equals(MatchFields.FBC)
                    && ClickIds.isCookie(a)
                    && ClickIds.isCookie(b)
                    && ClickIds.fbclidOf(a).equals(ClickIds.fbclidOf(b));
        }
    }

    public KnownIds {
        ids = Map.copyOf(ids);
    }

    public static KnownIds of(Map<String, Seen> ids) {
        return ids.isEmpty() ? NONE : new KnownIds(ids, NONE.profile);
    }

    public boolean isEmpty() {
        return ids.isEmpty() && profile.isEmpty();
    }

    /// Both together. Of two values of an id the one seen later wins; the same value keeps the earlier time. Of two
    /// profile members this one's stays.
    public KnownIds merge(KnownIds other) {
        if (other.isEmpty() || this == other) {
            return this;
        }
        if (isEmpty()) {
            return other;
        }
        return new KnownIds(merged(other.ids), merged(other.profile));
    }

    private Map<String, Seen> merged(Map<String, Seen> others) {
        Map<String, Seen> both = new HashMap<>(ids);
        others.forEach((name, seen) -> both.merge(name, seen, (mine, theirs) -> mine.merge(name, theirs)));
        return both;
    }

    private ObjectNode merged(ObjectNode others) {
        if (others.isEmpty() || profile.isEmpty()) {
            return others.isEmpty() ? profile : others;
        }
        ObjectNode both = profile.objectNode();
        both.setAll(others);
        both.setAll(profile);
        return both;
    }

    /// What may be carried to an event of this moment: a click that came later did not cause it, one that is older
    /// than `LIFETIME` does not count any more.
    public KnownIds asOf(Instant moment) {
        if (ids.isEmpty()) {
            return this;
        }
        Instant oldest = moment.minus(LIFETIME);
        boolean all = true;
        Map<String, Seen> valid = new HashMap<>();
        for (Map.Entry<String, Seen> id : ids.entrySet()) {
            Instant seen = id.getValue().firstAt();
            if (seen.isAfter(moment) || seen.isBefore(oldest)) {
                all = false;
            } else {
                valid.put(id.getKey(), id.getValue());
            }
        }
        return all ? this : new KnownIds(valid, profile);
    }
}
