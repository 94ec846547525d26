package dev.varve.delivery;

import dev.varve.destination.Destination;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Remembers attempts and progress. Thread-safe; every method is one transaction.
public interface DeliveryLedger {
    /// Up to this offset everything of the stream is settled or in the backlog.
    long position(long stream);

    /// Takes the stream up for the writes to come: those of whoever opened it before are stale from now on.
    Opened open(long stream);

    /// `epoch`: names this opening of the stream.
    record Opened(long position, long epoch) {}

    /// What behind the position of the stream already has a receipt or a place in the backlog: after a crash these
    /// must not be planned again.
    Set<LedgerWrite.Entry> entriesAfter(long stream, long position);

    /// Records all of it or nothing. Repeating a write that was recorded changes nothing, so call it again after
    /// any failure. Answers the streams of `write.epochs` that somebody else has opened since, or finished:
    /// when there are any, nothing was recorded, and the same without them may be.
    Set<Long> record(LedgerWrite write);

    /// Entries of a destination that are due, in the query's order.
    List<BacklogEntry> due(Collection<Long> owners, Destination.Key destination, DueQuery query);

    /// Those of which another app's event of the same id was forwarded to the same pixel under the same name,
    /// at or after `since`.
    Set<Twin> forwardedTwins(Collection<Twin> twins, Instant since);

    /// Destinations with entries of these owners, and when the first of each is due.
    List<DueDestination> destinationsWithBacklog(Collection<Long> owners);

    record DueDestination(Destination.Key destination, Instant firstDueAt) {}

    Optional<DestinationState> state(Destination.Key destination);

    /// Forgets an adopted stream when nothing of it is left to do; false when there is.
    boolean finish(long stream);
}
