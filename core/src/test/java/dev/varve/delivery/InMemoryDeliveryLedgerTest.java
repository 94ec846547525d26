package dev.varve.delivery;

import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import java.time.Instant;
import java.util.List;

class InMemoryDeliveryLedgerTest extends DeliveryLedgerContract {
    private final InMemoryDeliveryLedger ledger = new InMemoryDeliveryLedger();

    @Override
    protected DeliveryLedger ledger() {
        return ledger;
    }

    @Override
    protected long stream() {
        return 7;
    }

    @Override
    protected void log(LoggedEvent event) {
        ledger.names(event.offset(), event.identity());
    }

    @Override
    protected void replay(long offset, Platform platform) {
        ledger.replay(offset, platform, Instant.EPOCH);
    }

    @Override
    protected List<StoredLetter> letters() {
        return ledger.deadLetters().stream()
                .map(letter -> new StoredLetter(
                        null,
                        letter.reason(),
                        letter.failure().attempts(),
                        letter.failure().firstAt(),
                        letter.failure().lastAt(),
                        letter.failure().sent() == null
                                ? null
                                : letter.failure().sent().maskedPayload()))
                .toList();
    }
}
