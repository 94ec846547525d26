package dev.varve.connectors.tiktok;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.connectors.AnswerBody;
import dev.varve.connectors.PlatformAnswer;
import dev.varve.connectors.StatusOnly;
import dev.varve.destination.Answer;
import dev.varve.destination.AttemptOutcome;
import dev.varve.destination.AttemptOutcome.Delivered;
import dev.varve.destination.AttemptOutcome.Misconfigured;
import dev.varve.destination.AttemptOutcome.PartlyRejected;
import dev.varve.destination.AttemptOutcome.PartlyStored;
import dev.varve.destination.AttemptOutcome.Rejected;
import dev.varve.destination.AttemptOutcome.Throttled;
import dev.varve.destination.AttemptOutcome.TooLarge;
import dev.varve.destination.AttemptOutcome.Unauthorized;
import dev.varve.destination.AttemptOutcome.Unauthorized.Cause;
import dev.varve.destination.AttemptOutcome.Unavailable;
import dev.varve.destination.ProbeResult;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Says what an answer of TikTok's means. The body's `code` decides whatever the HTTP status is; texts only tell which
/// item and field are meant, and which limit was hit. Pure but for the jitter it is given.
public final class TikTokAnswerReader {
    static final int OK = 0;
    static final int PARTIAL_SUCCESS = 20001;
    static final int INVALID_PARTNER_NAME = 40063;
    private static final int DUPLICATED_REQUEST = 40050;
    private static final int INVALID_REQUEST = 40000;
    private static final int INVALID_PARAMETER = 40002;
    static final int UNHASHED = 40062;
    private static final int INTERNAL_VALIDATION = 40700;
    private static final Set<Integer> TOKEN = Set.of(40102, 40104, 40105, 40106, 40114);
    private static final Set<Integer> PERMISSION = Set.of(40001, 40117, 40118, 40119, 40124, 40125, 40130, 40131);
    private static final Set<Integer> SIZE = Set.of(40011, 40061);
    private static final Set<Integer> CONFIGURATION = Set.of(
            40003,
            40006,
            40007,
            40008,
            40009,
            40010,
            40014,
            40051,
            INVALID_PARTNER_NAME,
            40101,
            40108,
            40110,
            40113,
            40115,
            40116,
            40300,
            40301,
            40302,
            41000);
    private static final Set<Integer> TRANSIENT = Set.of(40200, 40201, 40202, 50000, 50002, 60001);
    private static final Pattern ITEM = Pattern.compile("(?:Batch\\.|data\\[)(\\d{1,6})");
    private static final Pattern TIME_FIELD = Pattern.compile("event_time|timestamp");
    private static final Pattern PAGE_FIELD = Pattern.compile("\\bpage\\b");
    private static final Pattern DATA_FIELD = Pattern.compile("\\bdata\\b");
    private static final Pattern SOURCE_FIELD = Pattern.compile("\\bevent_source(?:_id)?\\b");
    private static final String REJECTED = "platform_rejected";
    private static final int INTERNAL_VALIDATION_TRIES = 5;

    private final TikTokThrottle throttle;

    public TikTokAnswerReader() {
        this(() -> ThreadLocalRandom.current().nextDouble());
    }

    /// `jitter`: from 0 to 1.
    TikTokAnswerReader(DoubleSupplier jitter) {
        throttle = new TikTokThrottle(jitter);
    }

    /// The envelope: `text` is TikTok's own, for reading item and field only.
    private record Envelope(int code, String text, Answer answer) {}

    /// `sent`: how many events the request carried; TikTok acknowledges all or none.
    public AttemptOutcome read(PlatformAnswer answer, int sent) {
        return envelope(answer)
                .map(envelope -> outcome(answer, envelope, sent))
                .orElseGet(() -> StatusOnly.outcome(answer));
    }

    /// Reads the answer to an empty request. A complaint about `data` is not conclusive by itself: TikTok may have
    /// looked at it before the token.
    public ProbeResult readProbe(PlatformAnswer answer) {
        return switch (read(answer, 0)) {
            case Delivered delivered -> new ProbeResult.Accepted(delivered.answer(), true);
            case Rejected rejected ->
                isAboutData(answer)
                        ? new ProbeResult.Accepted(rejected.answer(), false)
                        : new ProbeResult.Unknown(rejected.answer());
            case Unauthorized refused ->
                refused.answer().platformCode() == null
                        ? new ProbeResult.Unknown(refused.answer())
                        : refused.cause() == Cause.TOKEN
                                ? new ProbeResult.TokenRefused(refused.answer())
                                : new ProbeResult.PixelRefused(refused.answer());
            case PartlyRejected other -> new ProbeResult.Unknown(other.answer());
            case TooLarge other -> new ProbeResult.Unknown(other.answer());
            case PartlyStored other -> new ProbeResult.Unknown(other.answer());
            case Throttled other -> new ProbeResult.Unknown(other.answer());
            case AttemptOutcome.Blocked other -> new ProbeResult.Unknown(other.answer());
            case Unavailable other -> new ProbeResult.Unknown(other.answer());
            case Misconfigured other -> new ProbeResult.Unknown(other.answer());
        };
    }

    private AttemptOutcome outcome(PlatformAnswer answer, Envelope envelope, int sent) {
        int code = envelope.code();
        if (code == OK || code == DUPLICATED_REQUEST) {
            return new Delivered(envelope.answer(), sent);
        }
        if (code == PARTIAL_SUCCESS) {
            return new PartlyStored(envelope.answer());
        }
        if (TikTokThrottle.isCode(code)
                || code == INVALID_REQUEST && TikTokThrottle.isAboutFrequency(envelope.text())) {
            return throttle.read(answer, code, envelope.text(), envelope.answer());
        }
        if (TOKEN.contains(code)) {
            return new Unauthorized(envelope.answer(), Cause.TOKEN);
        }
        if (PERMISSION.contains(code)) {
            return new Unauthorized(envelope.answer(), Cause.PERMISSION);
        }
        if (SIZE.contains(code)) {
            return new TooLarge(envelope.answer());
        }
        if (CONFIGURATION.contains(code)) {
            return new Misconfigured(envelope.answer());
        }
        if (TRANSIENT.contains(code) || code / 1000 >= 51 && code / 1000 <= 53) {
            return new Unavailable(envelope.answer(), false);
        }
        return refusal(envelope, sent);
    }

    private static AttemptOutcome refusal(Envelope envelope, int sent) {
        int code = envelope.code();
        if (code == INVALID_REQUEST || code == INVALID_PARAMETER || code == UNHASHED) {
            String reason = reason(envelope);
            Map<Integer, String> guilty = guilty(envelope, reason, sent);
            return guilty.isEmpty()
                    ? new Rejected(envelope.answer(), reason, 1)
                    : new PartlyRejected(envelope.answer(), guilty);
        }
        return new Rejected(
                envelope.answer(),
                REJECTED,
                code == INTERNAL_VALIDATION ? INTERNAL_VALIDATION_TRIES : StatusOnly.UNKNOWN_CODE_TRIES);
    }

    /// An index outside the request is no index.
    private static Map<Integer, String> guilty(Envelope envelope, String reason, int sent) {
        Map<Integer, String> guilty = new HashMap<>();
        Matcher items = ITEM.matcher(envelope.text());
        while (items.find()) {
            int index = Integer.parseInt(items.group(1));
            if (index < sent) {
                guilty.put(index, reason);
            }
        }
        return guilty;
    }

    private static String reason(Envelope envelope) {
        if (envelope.code() == UNHASHED) {
            return "unhashed_pii";
        }
        if (TIME_FIELD.matcher(envelope.text()).find()) {
            return "too_old";
        }
        boolean page = envelope.code() == INVALID_PARAMETER
                && PAGE_FIELD.matcher(envelope.text()).find();
        return page ? "missing_page_url" : REJECTED;
    }

    /// A parameter error that names the source and not `data` says nothing about the token.
    private static boolean isAboutData(PlatformAnswer answer) {
        return envelope(answer)
                .filter(envelope -> envelope.code() == INVALID_PARAMETER || envelope.code() == INVALID_REQUEST)
                .filter(envelope -> DATA_FIELD.matcher(envelope.text()).find()
                        || !SOURCE_FIELD.matcher(envelope.text()).find())
                .isPresent();
    }

    private static Optional<Envelope> envelope(PlatformAnswer answer) {
        return AnswerBody.read(answer)
                .filter(body -> body.path("code").isIntegralNumber()
                        && body.path("code").canConvertToInt())
                .map(body -> envelope(answer, body));
    }

    private static Envelope envelope(PlatformAnswer answer, JsonNode body) {
        int code = body.path("code").intValue();
        String text = body.path("message").asText("");
        JsonNode requestId = body.path("request_id");
        String traceId = requestId.isTextual() ? requestId.textValue() : null;
        return new Envelope(
                code,
                text,
                code == OK || code == DUPLICATED_REQUEST
                        ? answer.toAnswer(code, text, traceId)
                        : answer.toRefusal(code, message(code, text), traceId));
    }

    private static String message(int code, String text) {
        return switch (code) {
            case 40104, 40105 -> "access token missing, of the wrong kind or revoked: " + text;
            case 40001 -> "the token does not own this event source: " + text;
            case 41000 -> "TikTok does not accept requests from this relay's outgoing address: " + text;
            default -> text;
        };
    }
}
