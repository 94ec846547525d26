package dev.varve.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.varve.delivery.DeliveryLedger;
import dev.varve.delivery.LedgerUnderTest;
import dev.varve.delivery.LedgerWrite;
import dev.varve.delivery.RollupKey;
import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.store.postgres.ledger.PostgresDeliveryLedger;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A client that gave up on an answer does not know what PostgreSQL still does. Repeating is right all the same.
class LostAnswerTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Duration SOON = Duration.ofSeconds(20);

    private final LedgerUnderTest store = PostgresLedgerStore.open(postgres);
    /// Gives up after a second, without PostgreSQL noticing.
    private final DeliveryLedger impatient = new PostgresDeliveryLedger(Jdbi.create(
            postgres.url() + "?socketTimeout=1",
            postgres.server().user(),
            postgres.server().password()));

    @Test
    void aWriteWhoseCommitWasGivenUpIsRecognisedWhenItIsRepeated() throws Exception {
        Destination.Key key = new Destination.Key(UUID.randomUUID(), Platform.META);
        LedgerWrite write = new LedgerWrite(UUID.randomUUID(), 1);
        write.epochs.put(store.stream(), impatient.open(store.stream()).epoch());
        write.count(new RollupKey(key, "app_a", Instant.now(), RollupKey.SETTLED), store.stream(), 3);
        commitsTakeThreeSeconds();
        AtomicInteger failed = new AtomicInteger();
        Eventually.within(SOON, () -> {
            try {
                return impatient.record(write).size();
            } catch (RuntimeException e) {
                failed.incrementAndGet();
                throw e;
            }
        });
        assertThat(failed).as("answers lost").hasPositiveValue();
        assertThat(store.count(key.projectId(), RollupKey.SETTLED)).isEqualTo(3);
    }

    /// It would make what the repeated opening records stale.
    @Test
    void anOpeningThatWasGivenUpDoesNotComeToPassAfterTheOneThatRepeatsIt() throws Exception {
        long before = impatient.open(store.stream()).epoch();
        try (Handle other = postgres.database().jdbi().open()) {
            other.begin();
            other.execute("select from log_stream where stream = ? for update", store.stream());
            assertThatThrownBy(() -> impatient.open(store.stream())).isInstanceOf(RuntimeException.class);
            other.rollback();
        }
        Eventually.within(SOON, () -> assertThat(openings()).isZero());
        assertThat(impatient.open(store.stream()).epoch()).isEqualTo(before + 1);
    }

    private static void commitsTakeThreeSeconds() {
        postgres.database().jdbi().useHandle(handle -> {
            handle.execute("create function dawdle() returns trigger language plpgsql as"
                    + " 'begin perform pg_sleep(3); return null; end'");
            handle.execute("create constraint trigger dawdle after insert on ledger_writer"
                    + " deferrable initially deferred for each row execute function dawdle()");
        });
    }

    private static int openings() {
        return postgres.database().jdbi().withHandle(handle -> handle.createQuery("""
                        select count(*) from pg_stat_activity where datname = current_database()
                            and pid <> pg_backend_pid() and state <> 'idle'
                            and query like 'update log_stream set epoch%'""")
                .mapTo(Integer.class)
                .one());
    }
}
