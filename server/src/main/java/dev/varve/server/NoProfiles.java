package dev.varve.server;

import dev.varve.identity.KnownIds;
import dev.varve.identity.Profiles;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/// Knows nobody: events go out with what they bring themselves.
final class NoProfiles implements Profiles {
    @Override
    public Map<Subject, KnownIds> find(Set<Subject> subjects, Instant now) {
        return Map.of();
    }

    @Override
    public void remember(Map<Subject, Map<String, KnownIds.Seen>> seen) {}

    @Override
    public void describe(Subject user, Description description) {}
}
