package dev.varve.store.postgres;

import dev.varve.delivery.DeliveryLedger;
import dev.varve.delivery.DeliveryLedgerContract;
import dev.varve.store.postgres.ledger.PostgresDeliveryLedger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresDeliveryLedgerTest extends DeliveryLedgerContract {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private long stream;

    @BeforeEach
    void openStream() {
        stream = postgres.database().jdbi().inTransaction(handle -> {
            long opened = handle.createQuery("insert into log_stream (position) values (0) returning stream")
                    .mapTo(Long.class)
                    .one();
            handle.execute("update log_stream set position = stream << 40 where stream = ?", opened);
            return opened;
        });
    }

    @Override
    protected DeliveryLedger ledger() {
        return new PostgresDeliveryLedger(postgres.database().jdbi());
    }

    @Override
    protected long stream() {
        return stream;
    }
}
