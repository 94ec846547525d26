package dev.varve.tenant;

import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Idempotency keys of one process without a store.
public final class InMemoryIdempotencyKeys implements IdempotencyKeys {
    private final Map<String, Held> held = new ConcurrentHashMap<>();

    private record Held(UUID ticket, byte[] body, Instant claimedAt, Optional<Answer> answer) {
        boolean isOver(Instant now) {
            return !now.isBefore(claimedAt.plus(answer.isPresent() ? WINDOW : LEASE));
        }
    }

    @Override
    public Claim claim(Operation operation, Instant now) {
        UUID ticket = UUID.randomUUID();
        Held mine = new Held(ticket, operation.body(), now, Optional.empty());
        Held winner = held.compute(name(operation), (_, known) -> known == null || known.isOver(now) ? mine : known);
        if (winner.ticket().equals(ticket)) {
            return new Claim.Taken(ticket);
        }
        if (!Arrays.equals(winner.body(), operation.body())) {
            return new Claim.OtherBody();
        }
        return winner.answer().<Claim>map(Claim.Answered::new).orElseGet(Claim.InFlight::new);
    }

    @Override
    public boolean settle(Operation operation, UUID ticket, Answer answer) {
        Held settled = held.computeIfPresent(
                name(operation),
                (_, known) -> known.ticket().equals(ticket)
                        ? new Held(ticket, known.body(), known.claimedAt(), Optional.of(answer))
                        : known);
        return settled != null && settled.ticket().equals(ticket);
    }

    @Override
    public void free(Operation operation, UUID ticket) {
        held.computeIfPresent(name(operation), (_, known) -> known.ticket().equals(ticket) ? null : known);
    }

    private static String name(Operation operation) {
        return HexFormat.of().formatHex(operation.scope());
    }
}
