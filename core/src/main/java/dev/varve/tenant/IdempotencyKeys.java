package dev.varve.tenant;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/// Remembers which operations were asked for under an idempotency key, and what was answered. One claim at a time wins,
/// in whichever process. Thread-safe.
public interface IdempotencyKeys {
    /// How long an answer is given again.
    Duration WINDOW = Duration.ofHours(24);
    /// How long an operation may run before its process counts as dead. Longer than any request takes.
    Duration LEASE = Duration.ofMinutes(2);

    /// Takes the operation, or says why it is not to be done.
    Claim claim(Operation operation, Instant now);

    /// Keeps what was answered. False: the claim was lost to another by taking longer than the lease.
    boolean settle(Operation operation, UUID ticket, Answer answer);

    /// The operation came to nothing: the key can be used again.
    void free(Operation operation, UUID ticket);

    /// `scope`: a SHA-256 over everything the key counts within and the key itself; `body`: one over the
    /// request's body.
    record Operation(byte[] scope, byte[] body) {}

    /// `sealed`: encrypted, as some answers hold a secret that is shown once.
    record Answer(int status, byte[] sealed) {}

    sealed interface Claim {
        /// To be done now; the ticket is needed to settle or free it.
        record Taken(UUID ticket) implements Claim {}

        record Answered(Answer answer) implements Claim {}

        /// Somebody else is at it.
        record InFlight() implements Claim {}

        /// The key was used for another body.
        record OtherBody() implements Claim {}
    }
}
