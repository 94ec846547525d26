package dev.varve.delivery;

import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Nested;

class InMemoryDeliveryLedgerTest {
    private static LedgerUnderTest open() {
        return new InMemoryStore(new InMemoryDeliveryLedger());
    }

    private record InMemoryStore(InMemoryDeliveryLedger ledger) implements LedgerUnderTest {
        @Override
        public long stream() {
            return 7;
        }

        @Override
        public void log(LoggedEvent event) {
            ledger.names(event.offset(), event.identity());
        }

        @Override
        public void replay(long offset, Platform platform) {
            ledger.replay(offset, platform, Instant.EPOCH);
        }

        @Override
        public List<StoredLetter> letters() {
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

        @Override
        public long count(UUID projectId, String metric) {
            return ledger.count(metric);
        }
    }

    @Nested
    class Ledger extends DeliveryLedgerContract {
        private final LedgerUnderTest store = open();

        @Override
        protected LedgerUnderTest store() {
            return store;
        }
    }

    @Nested
    class Backlog extends BacklogContract {
        private final LedgerUnderTest store = open();

        @Override
        protected LedgerUnderTest store() {
            return store;
        }
    }

    @Nested
    class Twins extends TwinsContract {
        private final LedgerUnderTest store = open();

        @Override
        protected LedgerUnderTest store() {
            return store;
        }
    }

    @Nested
    class Buried extends BuriedContract {
        private final LedgerUnderTest store = open();

        @Override
        protected LedgerUnderTest store() {
            return store;
        }
    }

    @Nested
    class Fencing extends FencingContract {
        private final LedgerUnderTest store = open();

        @Override
        protected LedgerUnderTest store() {
            return store;
        }
    }
}
