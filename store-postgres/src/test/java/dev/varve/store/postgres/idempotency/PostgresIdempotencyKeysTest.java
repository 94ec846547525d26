package dev.varve.store.postgres.idempotency;

import dev.varve.store.postgres.Database;
import dev.varve.store.postgres.PostgresForTests;
import dev.varve.tenant.IdempotencyKeys;
import dev.varve.tenant.IdempotencyKeysContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

@SuppressWarnings("NullAway.Init")
class PostgresIdempotencyKeysTest extends IdempotencyKeysContract {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static Database other;

    @BeforeAll
    static void open() {
        other = postgres.open(4);
    }

    @AfterAll
    static void close() {
        other.close();
    }

    @Override
    protected IdempotencyKeys keys() {
        return new PostgresIdempotencyKeys(postgres.database().jdbi());
    }

    @Override
    protected IdempotencyKeys keysOfAnotherProcess() {
        return new PostgresIdempotencyKeys(other.jdbi());
    }
}
