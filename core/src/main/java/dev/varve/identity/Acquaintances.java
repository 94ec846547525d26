package dev.varve.identity;

import dev.varve.identity.KnownIds.Seen;
import dev.varve.identity.Profiles.Subject;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// What is known of the people and installs of a group of events, while its events are gone through in the order in
/// which they happened: each is told what those before it brought, and adds what it brings. Pure; not thread-safe.
public final class Acquaintances {
    private final Map<Subject, KnownIds> known;
    private final Map<Subject, Map<String, Seen>> news = new HashMap<>();

    /// `known`: what the store knows.
    public Acquaintances(Map<Subject, KnownIds> known) {
        this.known = new HashMap<>(known);
    }

    /// What is carried to an event of these subjects; the first of them counts where their profiles differ.
    public KnownIds of(Collection<Subject> subjects, Instant moment) {
        KnownIds all = KnownIds.NONE;
        for (Subject subject : subjects) {
            all = all.merge(known.getOrDefault(subject, KnownIds.NONE).asOf(moment));
        }
        return all;
    }

    /// An event of all these subjects has these ids, its own and those carried to it: so each of them has them.
    public void learn(Collection<Subject> subjects, Map<String, Seen> ids) {
        if (ids.isEmpty()) {
            return;
        }
        for (Subject subject : subjects) {
            KnownIds before = known.getOrDefault(subject, KnownIds.NONE);
            KnownIds after = before.merge(KnownIds.of(ids));
            if (!after.ids().equals(before.ids())) {
                known.put(subject, after);
                note(subject, before.ids(), after.ids());
            }
        }
    }

    private void note(Subject subject, Map<String, Seen> before, Map<String, Seen> after) {
        Map<String, Seen> changed = news.computeIfAbsent(subject, key -> new HashMap<>());
        after.forEach((name, seen) -> {
            if (!seen.equals(before.get(name))) {
                changed.put(name, seen);
            }
        });
    }

    /// What the store does not know yet.
    public Map<Subject, Map<String, Seen>> news() {
        return Map.copyOf(news);
    }
}
