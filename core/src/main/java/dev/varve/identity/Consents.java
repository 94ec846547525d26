package dev.varve.identity;

import dev.varve.identity.Profiles.Subject;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;

/// Stores what people stated about consent. Thread-safe.
public interface Consents {
    /// Puts a statement on record for each of the subjects, all or none. Fields that it leaves open stay as they are;
    /// of each field the value stated for the later time wins, whichever comes first, and of equal times the last.
    void state(Collection<Subject> subjects, Statement statement);

    /// The records of those of the subjects who have one.
    Map<Subject, ConsentRecord> find(Collection<Subject> subjects);

    record Statement(ConsentRecord said, Instant at) {}
}
