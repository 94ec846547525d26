package dev.varve.connectors;

import dev.varve.destination.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An HTTP answer as it arrived. `headers` have lower-case names. `body` holds at most what `PlatformHttp` allows;
/// `complete` false: it broke off or was longer.
public record PlatformAnswer(
        Instant at, Duration latency, int status, Map<String, List<String>> headers, byte[] body, boolean complete) {

    public Optional<String> header(String name) {
        List<String> values = headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
        return values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
    }

    /// How long the platform asks to wait, from `Retry-After` in either form. Empty when absent or unreadable.
    public Optional<Duration> retryAfter() {
        return header("retry-after").flatMap(text -> RetryAfter.read(text, at));
    }

    public boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /// As our own record of a success; message and trace id are cleaned here.
    public Answer toAnswer(@Nullable Integer platformCode, @Nullable String message, @Nullable String traceId) {
        return record(platformCode, message, traceId, null);
    }

    /// As our own record of a refusal: with an excerpt of the body, cleaned likewise.
    public Answer toRefusal(@Nullable Integer platformCode, @Nullable String message, @Nullable String traceId) {
        return record(platformCode, message, traceId, body.length == 0 ? null : AnswerText.excerpt(body));
    }

    private Answer record(
            @Nullable Integer platformCode,
            @Nullable String message,
            @Nullable String traceId,
            @Nullable String excerpt) {
        return new Answer(
                at,
                latency,
                status,
                platformCode,
                message == null ? null : AnswerText.clean(message),
                traceId == null ? null : AnswerText.traceId(traceId),
                excerpt);
    }
}
