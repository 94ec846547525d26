package dev.varve.server.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Ends a request with an error answer. Thrown by handlers, turned into the envelope in one place (`ErrorEnvelope`).
///
/// `details` is written as JSON as it is: maps, lists, strings, numbers, booleans.
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;
    private final int status;
    private final transient Map<String, ?> details;
    private final transient Optional<Duration> retryAfter;

    private ApiException(
            ErrorCode code, int status, String message, Map<String, ?> details, Optional<Duration> retryAfter) {
        super(message, null, false, false);
        this.code = code;
        this.status = status;
        this.details = details;
        this.retryAfter = retryAfter;
    }

    public ApiException(ErrorCode code, String message) {
        this(code, code.status(), message, Map.of(), Optional.empty());
    }

    public ApiException(ErrorCode code, String message, Map<String, ?> details) {
        this(code, code.status(), message, details, Optional.empty());
    }

    /// One problem of a request; `path` in dotted form, empty for the whole body.
    public record Issue(String path, String message) {}

    /// 422 with every problem at once.
    public static ApiException invalid(List<Issue> issues) {
        return new ApiException(
                ErrorCode.VALIDATION,
                summary(issues),
                Map.of("issues", issues.stream().map(ApiException::member).toList()));
    }

    public static ApiException invalid(String path, String message) {
        return invalid(List.of(new Issue(path, message)));
    }

    public static ApiException notFound(String what) {
        return new ApiException(ErrorCode.NOT_FOUND, what + " not found");
    }

    /// The same error with another status (ingest's 400).
    public ApiException withStatus(int other) {
        return new ApiException(code, other, getMessage(), details, retryAfter);
    }

    public ApiException retryAfter(Duration wait) {
        return new ApiException(code, status, getMessage(), details, Optional.of(wait));
    }

    public ErrorCode code() {
        return code;
    }

    public int status() {
        return status;
    }

    public Map<String, ?> details() {
        return details;
    }

    public Optional<Duration> retryAfter() {
        return retryAfter;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    /// In the order in which people read it.
    private static Map<String, String> member(Issue issue) {
        Map<String, String> member = new LinkedHashMap<>();
        member.put("path", issue.path());
        member.put("message", issue.message());
        return member;
    }

    private static String summary(List<Issue> issues) {
        if (issues.size() == 1) {
            Issue only = issues.getFirst();
            boolean namesIt = only.path().isEmpty() || only.message().startsWith(only.path());
            return namesIt ? only.message() : only.path() + ": " + only.message();
        }
        return issues.size() + " fields are invalid";
    }
}
