package dev.varve.store.postgres.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.store.postgres.PostgresForTests;
import dev.varve.store.postgres.log.Retention;
import dev.varve.tenant.IdempotencyKeys;
import dev.varve.tenant.IdempotencyKeys.Answer;
import dev.varve.tenant.IdempotencyKeys.Claim;
import dev.varve.tenant.IdempotencyKeys.Operation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A stored answer is given again for 24 hours and is then gone from the table: it may hold a secret.
class KeptAnswersTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    private static final Duration DAY = Duration.ofHours(24);
    private static final Operation OPERATION = new Operation(bytes("scope"), bytes("body"));

    private final IdempotencyKeys keys =
            new PostgresIdempotencyKeys(postgres.database().jdbi());
    private final Retention retention = new Retention(postgres.database(), Duration.ofDays(7));

    @Test
    void anAnswerIsGoneADayAfterItsRequestAndTheKeyIsFreeAgain() {
        Claim.Taken first = (Claim.Taken) keys.claim(OPERATION, NOW);
        keys.settle(OPERATION, first.ticket(), new Answer(201, bytes("sealed")));

        Instant last = NOW.plus(DAY).minusMillis(1);
        retention.apply(last);
        assertThat(rows()).isEqualTo(1);
        assertThat(keys.claim(OPERATION, last)).isInstanceOfSatisfying(Claim.Answered.class, answered -> assertThat(
                        answered.answer().status())
                .isEqualTo(201));

        Instant later = NOW.plus(DAY).plusMillis(1);
        retention.apply(later);
        assertThat(rows()).isZero();
        assertThat(keys.claim(OPERATION, later)).isInstanceOf(Claim.Taken.class);
    }

    private static int rows() {
        return postgres.database().jdbi().withHandle(handle -> handle.createQuery(
                        "select count(*) from idempotency_key")
                .mapTo(Integer.class)
                .one());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
