package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.varve.identity.Sha256;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ErrorCode;
import dev.varve.tenant.IdempotencyKeys;
import dev.varve.tenant.IdempotencyKeys.Answer;
import dev.varve.tenant.IdempotencyKeys.Claim;
import dev.varve.tenant.IdempotencyKeys.Operation;
import dev.varve.tenant.Vault;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does a call once per idempotency key, and gives the first answer again after that. A key counts within (API key,
/// acting organization, method, concrete path). Only success is remembered; anything else frees the key.
record IdempotentCalls(IdempotencyKeys keys, Vault vault) {
    static final String HEADER = "Idempotency-Key";
    static final String REPLAYED = "Idempotent-Replayed";
    private static final Logger LOG = LoggerFactory.getLogger(IdempotentCalls.class);
    private static final HeaderName NAME = HeaderNames.create(HEADER);
    private static final Pattern FORM = Pattern.compile("[\\x20-\\x7e]{1,255}");

    ApiAnswer once(Route route, ApiCall call, Supplier<ApiAnswer> work) {
        if (!route.repeat().honoursKey()) {
            return work.get();
        }
        Optional<String> key = call.request().headers().first(NAME);
        if (key.isEmpty()) {
            if (route.repeat() == Repeat.REQUIRED) {
                throw new ApiException(
                        ErrorCode.IDEMPOTENCY_REQUIRED, "this moves credits: send a fresh " + HEADER + " with it");
            }
            return work.get();
        }
        if (!FORM.matcher(key.get()).matches()) {
            throw ApiException.invalid(
                    HEADER,
                    "must be 1 to 255 printable ASCII characters, got "
                            + key.get().length());
        }
        return once(operation(route, call, key.get()), call, work);
    }

    private ApiAnswer once(Operation operation, ApiCall call, Supplier<ApiAnswer> work) {
        return switch (keys.claim(operation, call.now())) {
            case Claim.Taken taken -> done(operation, taken.ticket(), work);
            case Claim.Answered answered -> replayed(operation, answered.answer());
            case Claim.InFlight _ ->
                throw conflict("in_flight", "the first request with this key is still running")
                        .retryAfter(Duration.ofSeconds(1));
            case Claim.OtherBody _ -> throw conflict("body_mismatch", "this key was used with another body");
        };
    }

    private ApiAnswer done(Operation operation, UUID ticket, Supplier<ApiAnswer> work) {
        ApiAnswer answer;
        try {
            answer = work.get();
        } catch (RuntimeException | Error e) {
            quietly("idempotency.not_freed", () -> keys.free(operation, ticket));
            throw e;
        }
        quietly("idempotency.not_kept", () -> keys.settle(operation, ticket, sealed(operation, answer)));
        return answer;
    }

    private Answer sealed(Operation operation, ApiAnswer answer) {
        byte[] body = answer.body().toString().getBytes(StandardCharsets.UTF_8);
        return new Answer(answer.status(), vault.encrypt(body, operation.scope()));
    }

    private ApiAnswer replayed(Operation operation, Answer answer) {
        String body = new String(vault.decrypt(answer.sealed(), operation.scope()), StandardCharsets.UTF_8);
        return new ApiAnswer(
                answer.status(), JsonNodeFactory.instance.rawValueNode(new RawValue(body)), Map.of(REPLAYED, "true"));
    }

    /// The deed is done: a store that cannot note it must not turn it into a failure. Its claim ends with the lease.
    private static void quietly(String event, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log(event);
        }
    }

    private static Operation operation(Route route, ApiCall call, String key) {
        String scope = String.join(
                "\n",
                List.of(
                        call.caller().key().id().toString(),
                        call.caller().organization().id().toString(),
                        call.request().prologue().method().text(),
                        call.request().prologue().uriPath().rawPath(),
                        key));
        Sha256 sha256 = new Sha256();
        return new Operation(sha256.bytes(scope), sha256.bytes(Body.raw(call.request(), route.bodyLimit())));
    }

    private static ApiException conflict(String reason, String message) {
        return new ApiException(ErrorCode.IDEMPOTENCY_CONFLICT, message, Map.of("reason", reason));
    }
}
