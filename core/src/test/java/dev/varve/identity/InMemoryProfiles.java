package dev.varve.identity;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// Profiles for tests that need no database; passes `ProfilesContract`.
public final class InMemoryProfiles implements Profiles {
    private final Map<Subject, Map<String, KnownIds.Seen>> ids = new HashMap<>();
    private final Map<Subject, MergedProfile> described = new HashMap<>();

    @Override
    public synchronized Map<Subject, KnownIds> find(Set<Subject> subjects, Instant now) {
        Map<Subject, KnownIds> found = new HashMap<>();
        for (Subject subject : subjects) {
            Map<String, KnownIds.Seen> young = new HashMap<>(ids.getOrDefault(subject, Map.of()));
            young.values().removeIf(seen -> seen.firstAt().isBefore(now.minus(KnownIds.LIFETIME)));
            KnownIds known =
                    new KnownIds(young, profile(subject).match().values().deepCopy());
            if (!known.isEmpty()) {
                found.put(subject, known);
            }
        }
        return found;
    }

    @Override
    public synchronized void remember(Map<Subject, Map<String, KnownIds.Seen>> seen) {
        seen.forEach((subject, brought) -> brought.forEach((name, id) ->
                ids.computeIfAbsent(subject, key -> new HashMap<>()).merge(name, id, InMemoryProfiles::winner)));
    }

    private static KnownIds.Seen winner(KnownIds.Seen there, KnownIds.Seen brought) {
        boolean isLater = brought.firstAt().isAfter(there.firstAt());
        return there.value().equals(brought.value()) == isLater ? there : brought;
    }

    @Override
    public synchronized void describe(Subject user, Description description) {
        described.computeIfAbsent(user, this::profile).merge(description);
    }

    /// What tests ask.
    public synchronized ObjectNode properties(Subject user) {
        return profile(user).properties().values().deepCopy();
    }

    private MergedProfile profile(Subject subject) {
        return described.getOrDefault(subject, new MergedProfile(empty(), empty()));
    }

    private static MergedProfile.Members empty() {
        return new MergedProfile.Members(JsonNodeFactory.instance.objectNode(), JsonNodeFactory.instance.objectNode());
    }
}
