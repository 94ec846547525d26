package dev.varve.store.postgres.idempotency;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.bytes;
import static dev.varve.store.postgres.tenant.Columns.integer;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.tenant.IdempotencyKeys;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Idempotency keys in PostgreSQL: the primary key decides between claims, of whichever process. Leases are compared by
/// the clocks of the processes, so these may differ by less than the lease. Thread-safe.
public final class PostgresIdempotencyKeys implements IdempotencyKeys {
    private final Jdbi jdbi;

    public PostgresIdempotencyKeys(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// A row that vanishes between both statements was freed: the claim is made anew.
    @Override
    public Claim claim(Operation operation, Instant now) {
        while (true) {
            UUID ticket = UUID.randomUUID();
            if (insert(operation, ticket, now)) {
                return new Claim.Taken(ticket);
            }
            Optional<Claim> holder = holder(operation);
            if (holder.isPresent()) {
                return holder.get();
            }
        }
    }

    private boolean insert(Operation operation, UUID ticket, Instant now) {
        return jdbi.withHandle(handle -> handle.createUpdate("""
                        insert into idempotency_key as k (scope, body_sha256, ticket, claimed_at)
                        values (:scope, :body, :ticket, :now)
                        on conflict (scope) do update set body_sha256 = excluded.body_sha256, ticket = excluded.ticket,
                            claimed_at = excluded.claimed_at, status = null, answer = null
                        where k.claimed_at <= case when k.status is null then :leased else :kept end""")
                        .bind("scope", bytes(operation.scope()))
                        .bind("body", bytes(operation.body()))
                        .bind("ticket", uuid(ticket))
                        .bind("now", at(now))
                        .bind("leased", at(now.minus(LEASE)))
                        .bind("kept", at(now.minus(WINDOW)))
                        .execute())
                == 1;
    }

    private Optional<Claim> holder(Operation operation) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select body_sha256, status, answer from idempotency_key where scope = :scope")
                .bind("scope", bytes(operation.scope()))
                .map((row, context) -> claim(row, operation))
                .findFirst());
    }

    private static Claim claim(ResultSet row, Operation operation) throws SQLException {
        if (!Arrays.equals(row.getBytes("body_sha256"), operation.body())) {
            return new Claim.OtherBody();
        }
        Integer status = integer(row, "status");
        return status == null ? new Claim.InFlight() : new Claim.Answered(new Answer(status, row.getBytes("answer")));
    }

    @Override
    public boolean settle(Operation operation, UUID ticket, Answer answer) {
        return jdbi.withHandle(handle -> handle.createUpdate("""
                        update idempotency_key set status = :status, answer = :answer
                        where scope = :scope and ticket = :ticket""")
                        .bind("status", answer.status())
                        .bind("answer", bytes(answer.sealed()))
                        .bind("scope", bytes(operation.scope()))
                        .bind("ticket", uuid(ticket))
                        .execute())
                == 1;
    }

    @Override
    public void free(Operation operation, UUID ticket) {
        jdbi.useHandle(handle -> handle.createUpdate(
                        "delete from idempotency_key where scope = :scope and ticket = :ticket and status is null")
                .bind("scope", bytes(operation.scope()))
                .bind("ticket", uuid(ticket))
                .execute());
    }
}
