package dev.varve.sandbox.sim;

import dev.varve.sandbox.sim.FaultScript.Fault;
import dev.varve.sandbox.sim.FaultScript.Struck;
import java.time.Duration;
import java.util.Optional;

/// Turns faults into answers.
public final class FaultPlayer {
    private static final String PAGE = "<!doctype html><title>Error</title><h1>Sorry, something went wrong.</h1>";

    private final PlatformVoice voice;
    private final String redirectTarget;

    public FaultPlayer(PlatformVoice voice, String redirectTarget) {
        this.voice = voice;
        this.redirectTarget = redirectTarget;
    }

    /// The answer of a fault that takes the place of the platform's work, so that nothing is stored.
    public Optional<Reply> instead(Incoming in, Struck struck) {
        return struck.main()
                .flatMap(fault -> Optional.ofNullable(
                        switch (fault.kind()) {
                            case HTTP_429_RETRY_AFTER ->
                                Reply.empty(429)
                                        .withHeader(
                                                "Retry-After", Integer.toString(fault.number("retryAfterSeconds", 7)));
                            case HTTP_429_BARE -> Reply.empty(429);
                            case HTTP_413 -> Reply.empty(413);
                            case THROTTLE_CODE -> voice.throttled(in, fault.flag("usageHeader", true));
                            case HTTP_500 -> failing(fault, 500);
                            case HTTP_503 -> failing(fault, 503);
                            case HTML_ERROR -> Reply.html(fault.number("status", 502), PAGE);
                            case HANG ->
                                Reply.undelivered(
                                        new Delivery.Hang(Duration.ofSeconds(fault.number("maxSeconds", 300))));
                            case RESET_BEFORE_READ -> Reply.undelivered(new Delivery.Dropped());
                            case TOKEN_EXPIRED -> voice.tokenExpired();
                            case TOKEN_REVOKED -> voice.tokenRevoked();
                            case PERMISSION_REVOKED, PERMISSION_BLIP -> voice.permissionRevoked();
                            case UNKNOWN_CODE -> voice.unknownCode();
                            case REDIRECT -> Reply.empty(302).withHeader("Location", redirectTarget + in.path());
                            case SLOW_HEADERS,
                                    SLOW_BODY,
                                    RESET_AFTER_STORE,
                                    TRUNCATED_JSON,
                                    SHORT_COUNT,
                                    LOCALISED,
                                    CLOSE_KEEPALIVE -> null;
                        }));
    }

    private Reply failing(Fault fault, int status) {
        return fault.flag("emptyBody", false) ? Reply.empty(status) : voice.failing(status);
    }

    /// How many events less than were sent a `short_count` acknowledges.
    public static int missing(Struck struck) {
        return struck.main()
                .filter(fault -> fault.kind() == FaultKind.SHORT_COUNT)
                .map(fault -> Math.max(1, fault.number("missing", 1)))
                .orElse(0);
    }

    /// The platform's answer, changed by faults that strike after its work.
    public Reply after(Reply reply, Struck struck) {
        Reply changed = struck.decorations().contains(FaultKind.LOCALISED) ? voice.localised(reply) : reply;
        if (struck.decorations().contains(FaultKind.CLOSE_KEEPALIVE)) {
            changed = changed.withHeader("Connection", "close");
        }
        Delivery delivery = changed.delivery();
        if (struck.main().isPresent() && delivery instanceof Delivery.Whole) {
            delivery = delivery(struck.main().get());
        }
        return changed.with(delivery);
    }

    private static Delivery delivery(Fault fault) {
        return switch (fault.kind()) {
            case SLOW_HEADERS -> new Delivery.SlowHeaders(Duration.ofMillis(fault.number("delayMs", 5_000)));
            case SLOW_BODY -> new Delivery.SlowBody(Duration.ofMillis(fault.number("delayMs", 500)));
            case RESET_AFTER_STORE -> new Delivery.Dropped();
            case TRUNCATED_JSON -> new Delivery.Truncated();
            case HTTP_429_RETRY_AFTER,
                    HTTP_429_BARE,
                    HTTP_413,
                    THROTTLE_CODE,
                    HTTP_500,
                    HTTP_503,
                    HTML_ERROR,
                    HANG,
                    RESET_BEFORE_READ,
                    TOKEN_EXPIRED,
                    TOKEN_REVOKED,
                    PERMISSION_REVOKED,
                    PERMISSION_BLIP,
                    UNKNOWN_CODE,
                    SHORT_COUNT,
                    LOCALISED,
                    REDIRECT,
                    CLOSE_KEEPALIVE -> Delivery.WHOLE;
        };
    }
}
