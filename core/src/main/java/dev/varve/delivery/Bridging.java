package dev.varve.delivery;

import dev.varve.destination.Candidate;
import dev.varve.event.Event;
import dev.varve.identity.Acquaintances;
import dev.varve.identity.ConsentLookup;
import dev.varve.identity.KnownIds;
import dev.varve.identity.KnownIds.Seen;
import dev.varve.identity.OwnIds;
import dev.varve.identity.Profiles;
import dev.varve.identity.Profiles.Subject;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    /// A candidate and who it is about.
    private static final class Guest {
        final List<Subject> subjects;
        Candidate candidate;

        Guest(Candidate candidate) {
            this.candidate = candidate;
            // The user first: whose profile counts where an install has had several.
            this.subjects = ConsentLookup.subjects(candidate.event().event());
        }

        Candidate candidate() {
            return candidate;
        }

        Instant occurredAt() {
            return candidate.event().event().occurredAt();
        }

        KnownIds meet(Acquaintances known) {
            KnownIds told = known.of(subjects, occurredAt());
            if (told != candidate.known()) {
                candidate = candidate.with(told);
            }
            return told;
        }
    }

    private static List<Guest> guests(List<Candidate> candidates) {
        return candidates.stream().map(Guest::new).toList();
    }

    /// Whether anything may be learned of an event that is sent nowhere: it brings ids itself, or it tells that a user
    /// and an install belong together.
    static boolean mayTeach(Event event) {
        boolean isOfUser = event.sender().userId() != null;
        boolean isOfInstall = event.sender().installId() != null;
        return isOfUser && isOfInstall || (isOfUser || isOfInstall) && OwnIds.mayBeIn(event.document());
    }

    /// The same candidates in the same order, with what is known.
    List<Candidate> carry(List<Candidate> candidates, Instant now) {
        List<Guest> guests = guests(candidates);
        Acquaintances known = new Acquaintances(look(guests, now));
        guests.forEach(guest -> guest.meet(known));
        return guests.stream().map(Guest::candidate).toList();
    }

    /// As `carry`, and what one of them brings is carried to those that happened later, and remembered. Remembering
    /// comes before the events are planned, so that a crash repeats it. It may fail: then the events go on,
    /// and it is tried once more with the next group. A store that is away makes the look-up before it fail.
    List<Candidate> carryAndRemember(List<Candidate> candidates, Instant now) {
        List<Guest> guests = guests(candidates);
        Acquaintances known = new Acquaintances(look(guests, now));
        unremembered.forEach((subject, ids) -> known.learn(List.of(subject), ids));
        guests.stream().sorted(Comparator.comparing(Guest::occurredAt)).forEach(guest -> {
            KnownIds told = guest.meet(known);
            known.learn(
                    guest.subjects,
                    told.merge(KnownIds.of(own(guest.candidate))).ids());
        });
        remember(known.news());
        return guests.stream().map(Guest::candidate).toList();
    }

    private Map<Subject, KnownIds> look(List<Guest> guests, Instant now) {
        Set<Subject> subjects = new HashSet<>();
        guests.forEach(guest -> subjects.addAll(guest.subjects));
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
}
