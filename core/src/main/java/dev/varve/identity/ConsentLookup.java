package dev.varve.identity;

import dev.varve.event.Event;
import dev.varve.identity.Profiles.Subject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Tells who withheld consent, from memory as far as possible: it is asked for every event, at ingest and before every
/// attempt. A record made by another process is seen within two seconds. Thread-safe.
public interface ConsentLookup {
    /// Nobody ever stated anything.
    ConsentLookup NONE = _ -> Map.of();

    /// The records of those of the subjects whose record restricts anything. Throws when it had to ask the store and
    /// the store did not answer.
    Map<Subject, ConsentRecord> restricting(Collection<Subject> subjects);

    /// Whose records count for an event: its user's and its install's.
    static List<Subject> subjects(UUID projectId, @Nullable String userId, @Nullable String installId) {
        List<Subject> subjects = new ArrayList<>(2);
        if (userId != null) {
            subjects.add(new Subject(projectId, Subject.Kind.USER, userId));
        }
        if (installId != null) {
            subjects.add(new Subject(projectId, Subject.Kind.INSTALL, installId));
        }
        return subjects;
    }

    /// Those of a stored event.
    static List<Subject> subjects(Event event) {
        return subjects(
                event.identity().projectId(),
                event.sender().userId(),
                event.sender().installId());
    }

    /// The most restrictive of the records of some subjects.
    static ConsentRecord strictest(Map<Subject, ConsentRecord> records, Collection<Subject> subjects) {
        ConsentRecord strictest = ConsentRecord.UNSTATED;
        for (Subject subject : subjects) {
            strictest = strictest.and(records.getOrDefault(subject, ConsentRecord.UNSTATED));
        }
        return strictest;
    }
}
