package dev.varve.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.tenant.IdempotencyKeys.Answer;
import dev.varve.tenant.IdempotencyKeys.Claim;
import dev.varve.tenant.IdempotencyKeys.Operation;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What every store of idempotency keys keeps.
public abstract class IdempotencyKeysContract {
    private static final Instant NOW = Instant.parse("2026-11-03T10:00:00.000Z");

    protected abstract IdempotencyKeys keys();

    /// The same store, seen from elsewhere.
    protected abstract IdempotencyKeys keysOfAnotherProcess();

    @Test
    void anAnswerIsGivenAgainForADay() {
        Operation operation = operation(1);
        UUID ticket = taken(keys().claim(operation, NOW));
        assertThat(keys().settle(operation, ticket, new Answer(201, new byte[] {0, -1, 7})))
                .isTrue();

        Claim repeated = keysOfAnotherProcess()
                .claim(operation, NOW.plus(IdempotencyKeys.WINDOW).minusMillis(1));

        assertThat(repeated).isInstanceOfSatisfying(Claim.Answered.class, answered -> {
            assertThat(answered.answer().status()).isEqualTo(201);
            assertThat(answered.answer().sealed()).containsExactly(0, -1, 7);
        });
        taken(keys().claim(operation, NOW.plus(IdempotencyKeys.WINDOW)));
    }

    @Test
    void whileItRunsNobodyElseDoesIt() {
        Operation operation = operation(1);
        taken(keys().claim(operation, NOW));

        assertThat(keysOfAnotherProcess().claim(operation, NOW.plusSeconds(1))).isEqualTo(new Claim.InFlight());
        assertThat(keys().claim(new Operation(operation.scope(), hash(99)), NOW.plusSeconds(1)))
                .isEqualTo(new Claim.OtherBody());
    }

    @Test
    void anotherBodyUnderTheKeyIsToldApart() {
        Operation operation = operation(1);
        keys().settle(operation, taken(keys().claim(operation, NOW)), new Answer(200, new byte[0]));

        assertThat(keys().claim(new Operation(operation.scope(), hash(2)), NOW.plusSeconds(1)))
                .isEqualTo(new Claim.OtherBody());
        taken(keys().claim(operation(1), NOW.plusSeconds(1)));
    }

    @Test
    void whatCameToNothingFreesTheKeyForAnyBody() {
        Operation operation = operation(1);
        keys().free(operation, taken(keys().claim(operation, NOW)));

        taken(keys().claim(new Operation(operation.scope(), hash(2)), NOW.plusSeconds(1)));
    }

    @Test
    void theClaimOfADeadProcessEndsWithItsLeaseAndItsLateWordCountsForNothing() {
        Operation operation = operation(1);
        UUID dead = taken(keys().claim(operation, NOW));
        Instant later = NOW.plus(IdempotencyKeys.LEASE);
        assertThat(keys().claim(operation, later.minusMillis(1))).isEqualTo(new Claim.InFlight());

        UUID heir = taken(keysOfAnotherProcess().claim(operation, later));

        assertThat(keys().settle(operation, dead, new Answer(200, new byte[] {1})))
                .isFalse();
        keys().free(operation, dead);
        assertThat(keys().claim(operation, later.plusSeconds(1))).isEqualTo(new Claim.InFlight());
        assertThat(keysOfAnotherProcess().settle(operation, heir, new Answer(200, new byte[] {2})))
                .isTrue();
    }

    @Test
    void ofManyAtOnceExactlyOneIsLetIn() throws Exception {
        for (int round = 0; round < 20; round++) {
            Operation operation = operation(round);
            CyclicBarrier start = new CyclicBarrier(8);
            try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
                List<Future<Claim>> claims = IntStream.range(0, 8)
                        .mapToObj(i -> threads.submit(() -> {
                            start.await();
                            return (i % 2 == 0 ? keys() : keysOfAnotherProcess()).claim(operation, NOW);
                        }))
                        .toList();
                int taken = 0;
                for (Future<Claim> claim : claims) {
                    taken += claim.get() instanceof Claim.Taken ? 1 : 0;
                }
                assertThat(taken).isEqualTo(1);
            }
        }
    }

    private static UUID taken(Claim claim) {
        assertThat(claim).isInstanceOf(Claim.Taken.class);
        return ((Claim.Taken) claim).ticket();
    }

    /// Of a scope of its own.
    private static Operation operation(int body) {
        UUID scope = UUID.randomUUID();
        byte[] bytes = ByteBuffer.allocate(32)
                .putLong(scope.getMostSignificantBits())
                .putLong(scope.getLeastSignificantBits())
                .array();
        return new Operation(bytes, hash(body));
    }

    private static byte[] hash(int body) {
        return ByteBuffer.allocate(32).putInt(body).array();
    }
}
