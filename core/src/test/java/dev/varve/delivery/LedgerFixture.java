package dev.varve.delivery;

import dev.varve.destination.Destination;
import dev.varve.event.Consent;
import dev.varve.event.Event;
import dev.varve.event.EventIdentity;
import dev.varve.event.EventSource;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.event.RequestOrigin;
import dev.varve.event.SenderFacts;
import dev.varve.eventlog.EventLog;
import dev.varve.eventlog.EventRef;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// A stream of a ledger and ready-made rows for it, for the suites that every ledger passes.
public abstract class LedgerFixture {
    static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    final UUID writer = UUID.randomUUID();
    final Destination.Key key = new Destination.Key(UUID.randomUUID(), Platform.META);

    /// The same one for a whole test.
    protected abstract LedgerUnderTest store();

    final DeliveryLedger ledger() {
        return store().ledger();
    }

    final long stream() {
        return store().stream();
    }

    final long offset(long position) {
        return EventLog.firstOffset(stream()) + position;
    }

    final Receipt receipt(long position, Platform platform) {
        return new Receipt(
                new EventRef(offset(position), NOW),
                new Destination.Key(key.projectId(), platform),
                ReceiptState.FORWARDED,
                null,
                "Purchase",
                new Receipt.Settlement(NOW, 1, null, List.of("clockAdjusted")));
    }

    final BacklogEntry entry(long position, Instant nextAt) {
        return new BacklogEntry(
                stream(),
                key,
                new EventRef(offset(position), NOW),
                "app_1",
                NOW,
                false,
                new BacklogEntry.Progress(1, NOW, nextAt));
    }

    final LedgerWrite write(long number) {
        return new LedgerWrite(writer, number);
    }

    protected final LoggedEvent logged(long position, String appId, String eventId) {
        LoggedEvent event = new LoggedEvent(
                offset(position),
                NOW,
                new Event(
                        new EventIdentity(key.projectId(), appId, eventId, "purchase_success"),
                        NOW,
                        EventSource.SDK,
                        false,
                        SenderFacts.NONE,
                        Consent.UNSTATED,
                        "{}".getBytes(StandardCharsets.UTF_8),
                        RequestOrigin.UNKNOWN));
        store().log(event);
        return event;
    }
}
