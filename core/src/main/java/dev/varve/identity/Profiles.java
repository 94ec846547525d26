package dev.varve.identity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// Remembers what is known of people and installs. Thread-safe.
public interface Profiles {
    /// What is known of those of the subjects of whom anything is. Ids first seen more than `KnownIds.LIFETIME` before
    /// `now` are left out.
    Map<Subject, KnownIds> find(Set<Subject> subjects, Instant now);

    /// Adds the ids that events brought; stored profiles stay as they are. Per subject and id the value whose first
    /// sighting is later wins; the same value keeps the earlier time.
    void remember(Map<Subject, Map<String, KnownIds.Seen>> seen);

    /// Merges properties that were sent for a user as [MergedProfile] says: `properties` as stored (personal values
    /// hashed), `match` the matching fields made of them. `once` writes only members that are not there yet.
    void describe(Subject user, Description description);

    record Description(ObjectNode properties, ObjectNode match, Instant at, boolean once) {}

    /// Whom an id names: `id` as stored with the events (an e-mail given as user id is already hashed).
    record Subject(UUID projectId, Kind kind, String id) {
        public enum Kind {
            USER,
            INSTALL
        }
    }
}
