package dev.varve.delivery;

import dev.varve.destination.Destination;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A ledger whose writes fail when the test says: before they are done, or after, as when only the answer is lost.
final class FailingLedger implements DeliveryLedger {
    enum Failure {
        NONE,
        BEFORE,
        AFTER
    }

    private final DeliveryLedger ledger;
    Failure failure = Failure.NONE;

    FailingLedger(DeliveryLedger ledger) {
        this.ledger = ledger;
    }

    @Override
    public Set<Long> record(LedgerWrite write) {
        if (failure == Failure.BEFORE) {
            throw new IllegalStateException("as the test says");
        }
        Set<Long> stale = ledger.record(write);
        if (failure == Failure.AFTER) {
            throw new IllegalStateException("as the test says");
        }
        return stale;
    }

    @Override
    public Opened open(long stream) {
        return ledger.open(stream);
    }

    @Override
    public long position(long stream) {
        return ledger.position(stream);
    }

    @Override
    public Set<LedgerWrite.Entry> entriesAfter(long stream, long position) {
        return ledger.entriesAfter(stream, position);
    }

    @Override
    public List<BacklogEntry> due(Collection<Long> owners, Destination.Key destination, DueQuery query) {
        return ledger.due(owners, destination, query);
    }

    @Override
    public Set<Twin> forwardedTwins(Collection<Twin> twins, Instant since) {
        return ledger.forwardedTwins(twins, since);
    }

    @Override
    public List<DueDestination> destinationsWithBacklog(Collection<Long> owners) {
        return ledger.destinationsWithBacklog(owners);
    }

    @Override
    public Optional<DestinationState> state(Destination.Key destination) {
        return ledger.state(destination);
    }

    @Override
    public boolean finish(long stream) {
        return ledger.finish(stream);
    }
}
