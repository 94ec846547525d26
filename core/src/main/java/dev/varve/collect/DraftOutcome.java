package dev.varve.collect;

import dev.varve.event.Event;
import java.util.List;

/// What an event would be stored as, without storing it.
public sealed interface DraftOutcome {
    record Drafted(Event event) implements DraftOutcome {}

    /// Readable, but its user denied analytics: it would not be stored, let alone forwarded.
    record Unconsented() implements DraftOutcome {}

    /// Not an event; `issues` are those of `events[0]`, or of the whole body.
    record Invalid(List<CollectOutcome.Issue> issues) implements DraftOutcome {
        public Invalid {
            issues = List.copyOf(issues);
        }
    }
}
