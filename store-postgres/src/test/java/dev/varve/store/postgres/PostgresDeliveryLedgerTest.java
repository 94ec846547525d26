package dev.varve.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.delivery.BacklogContract;
import dev.varve.delivery.BuriedContract;
import dev.varve.delivery.DeliveryLedgerContract;
import dev.varve.delivery.FencingContract;
import dev.varve.delivery.ForwardRequest;
import dev.varve.delivery.LedgerUnderTest;
import dev.varve.delivery.LedgerWrite;
import dev.varve.delivery.ReceiptState;
import dev.varve.delivery.TwinsContract;
import dev.varve.destination.Answer;
import dev.varve.destination.Destination;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresDeliveryLedgerTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static LedgerUnderTest open() {
        return PostgresLedgerStore.open(postgres);
    }

    @Nested
    class Ledger extends DeliveryLedgerContract {
        private final LedgerUnderTest store = open();

        @Override
        protected LedgerUnderTest store() {
            return store;
        }

        @Test
        void aRequestIsNotedWithWhoseItIs() {
            UUID organization = UUID.randomUUID();
            UUID layer = UUID.randomUUID();
            Destination.Key key = new Destination.Key(UUID.randomUUID(), Platform.TIKTOK);
            postgres.database().jdbi().useTransaction(handle -> {
                handle.execute(
                        "insert into organization (id, name, created_at, updated_at) values (?, 'o', now(), now())",
                        organization);
                handle.execute("""
                        insert into project (id, organization_id, mode, name, timezone, primary_language, target_gender,
                            created_at, updated_at) values (?, ?, 'live', 'p', 'UTC', 'en', 'all', now(), now())""", key.projectId(), organization);
                handle.execute(
                        "insert into layer (id, project_id, platform, updated_at) values (?, ?, 'tiktok_ads', now())",
                        layer,
                        key.projectId());
            });
            UUID request = UUID.randomUUID();
            LedgerWrite write = new LedgerWrite(UUID.randomUUID(), 1);
            write.requests.add(new ForwardRequest(
                    request,
                    key,
                    "900",
                    new ForwardRequest.Carried(1, List.of("e-1")),
                    "forwarded",
                    new Answer(Instant.now(), Duration.ofMillis(12), 200, null, null, null)));
            store().ledger().record(write);
            List<UUID> owners = postgres.database().jdbi().withHandle(handle -> handle.createQuery(
                            "select organization_id, layer_id from delivery_request where id = :id")
                    .bind("id", request)
                    .map((row, context) -> List.of(row.getObject(1, UUID.class), row.getObject(2, UUID.class)))
                    .one());
            assertThat(owners).containsExactly(organization, layer);
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

        @Test
        void aTwinThatWentOutAsATestEventIsNone() {
            LoggedEvent event = logged(1, "app_b", "e-1");
            settle(1, ReceiptState.FORWARDED);
            assertThat(twins(Instant.EPOCH)).hasSize(1);
            postgres.database()
                    .jdbi()
                    .useHandle(handle -> handle.execute(
                            "update event set document = ? where log_offset = ?",
                            "{\"testEventCode\":{\"meta\":\"TEST1\"}}".getBytes(StandardCharsets.UTF_8),
                            event.offset()));
            assertThat(twins(Instant.EPOCH)).isEmpty();
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
