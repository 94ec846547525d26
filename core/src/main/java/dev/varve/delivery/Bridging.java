package dev.varve.delivery;

import dev.varve.destination.Candidate;
import dev.varve.event.Event;
import dev.varve.identity.Acquaintances;
import dev.varve.identity.KnownIds;
import dev.varve.identity.KnownIds.Seen;
import dev.varve.identity.OwnIds;
import dev.varve.identity.Profiles;
import dev.varve.identity.Profiles.Subject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries click and browser ids from event to event of the same user or install, and from their profiles.
///
/// `carry` and `carryAndRemember` ask the store once, for all events together, and throw when it does not answer.
/// `carryAndRemember` is for one thread.
final class Bridging {
    private static final Logger LOG = LoggerFactory.getLogger(Bridging.class);
    private final Profiles profiles;
    /// What the store failed to take the last time; one more attempt is made with the next group.
    private Map<Subject, Map<String, Seen>> unremembered = Map.of();

    Bridging(Profiles profiles) {
        this.profiles = profiles;
    }

    /// The same candidates in the same order, with what is known.
    List<Candidate> carry(List<Candidate> candidates, Instant now) {
        Acquaintances known = new Acquaintances(look(candidates, now));
        return candidates.stream()
                .map(candidate -> candidate.with(known.of(subjects(candidate), occurredAt(candidate))))
                .toList();
    }

    /// As `carry`, and what one of them brings is carried to those that happened later, and remembered. Remembering
    /// comes before the events are planned, so that a crash repeats it. It may fail: then the events go on, and it
    // is
    /// tried once more with the next group. A store that is away makes the look-up before it fail.
    List<Candidate> carryAndRemember(List<Candidate> candidates, Instant now) {
        Acquaintances known = new Acquaintances(look(candidates, now));
        unremembered.forEach((subject, ids) -> known.learn(List.of(subject), ids));
        Map<Long, Candidate> carried = new HashMap<>();
        candidates.stream().sorted(Comparator.comparing(Bridging::occurredAt)).forEach(candidate -> {
            List<Subject> subjects = subjects(candidate);
            KnownIds told = known.of(subjects, occurredAt(candidate));
            carried.put(candidate.event().offset(), candidate.with(told));
            known.learn(subjects, told.merge(KnownIds.of(own(candidate))).ids());
        });
        remember(known.news());
        return candidates.stream()
                .map(candidate -> carried.getOrDefault(candidate.event().offset(), candidate))
                .toList();
    }

    private Map<Subject, KnownIds> look(List<Candidate> candidates, Instant now) {
        Set<Subject> subjects = new HashSet<>();
        candidates.forEach(candidate -> subjects.addAll(subjects(candidate)));
        return subjects.isEmpty() ? Map.of() : profiles.find(subjects, now);
    }

    private void remember(Map<Subject, Map<String, Seen>> news) {
        Map<Subject, Map<String, Seen>> again = unremembered;
        unremembered = Map.of();
        if (news.isEmpty()) {
            return;
        }
        try {
            profiles.remember(news);
        } catch (RuntimeException e) {
            Map<Subject, Map<String, Seen>> failed = new HashMap<>(news);
            failed.keySet().removeAll(again.keySet());
            unremembered = failed;
            LOG.atWarn()
                    .addKeyValue("subjects", news.size())
                    .addKeyValue("error", e.toString())
                    .log("profiles.remember_failed");
        }
    }

    private static Map<String, Seen> own(Candidate candidate) {
        Event event = candidate.event().event();
        return OwnIds.mayBeIn(event.document()) ? OwnIds.of(candidate.document(), event.occurredAt()) : Map.of();
    }

    /// The user first: whose profile counts where an install has had several.
    private static List<Subject> subjects(Candidate candidate) {
        Event event = candidate.event().event();
        UUID project = event.identity().projectId();
        List<Subject> subjects = new ArrayList<>(2);
        if (event.sender().userId() != null) {
            subjects.add(new Subject(project, Subject.Kind.USER, event.sender().userId()));
        }
        if (event.sender().installId() != null) {
            subjects.add(
                    new Subject(project, Subject.Kind.INSTALL, event.sender().installId()));
        }
        return subjects;
    }

    private static Instant occurredAt(Candidate candidate) {
        return candidate.event().event().occurredAt();
    }
}
