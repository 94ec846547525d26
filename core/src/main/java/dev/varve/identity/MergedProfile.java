package dev.varve.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/// A user's profile while something is merged into it: the same rules for every store. Per member the later statement
/// wins, and of two of the same moment the one that came last. Not thread-safe.
///
/// A profile has at most `MAX_PROPERTIES` members: what would go beyond is left out, in the order given, while those it
/// has still change.
public record MergedProfile(Members properties, Members match) {
    public static final int MAX_PROPERTIES = 500;

    /// `times`: when each member was stated, in epoch milliseconds.
    public record Members(ObjectNode values, ObjectNode times) {
        private void merge(ObjectNode stated, Instant at, boolean once, boolean isMatch) {
            for (var member : stated.properties()) {
                if (accepts(member.getKey(), at, once)) {
                    put(member.getKey(), member.getValue(), at);
                    if (isMatch) {
                        forgetOtherForm(member.getKey(), stated);
                    }
                }
            }
        }

        /// TikTok's form of a value stands only where it differs: that of the old value must not outlive it.
        private void forgetOtherForm(String name, ObjectNode stated) {
            String otherForm = name.equals(MatchFields.PHONE) ? MatchFields.TIKTOK_PHONE : "tt_" + name;
            if (!stated.has(otherForm)) {
                values.remove(otherForm);
                times.remove(otherForm);
            }
        }

        private boolean accepts(String name, Instant at, boolean once) {
            if (!values.has(name)) {
                return values.size() < MAX_PROPERTIES;
            }
            return !once && at.toEpochMilli() >= times.path(name).asLong(Long.MIN_VALUE);
        }

        private void put(String name, JsonNode value, Instant at) {
            values.set(name, value);
            times.put(name, at.toEpochMilli());
        }
    }

    /// Changes this profile's objects.
    public void merge(Profiles.Description description) {
        properties.merge(description.properties(), description.at(), description.once(), false);
        match.merge(description.match(), description.at(), description.once(), true);
    }
}
