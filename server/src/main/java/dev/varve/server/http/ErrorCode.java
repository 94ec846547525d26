package dev.varve.server.http;

/// The stable error codes of both hosts; each has one HTTP status there. Ingest answers `VALIDATION` with 400.
public enum ErrorCode {
    VALIDATION(422),
    UNAUTHENTICATED(401),
    FORBIDDEN_SCOPE(403),
    NOT_FOUND(404),
    METHOD_NOT_ALLOWED(405),
    CONFLICT(409),
    IDEMPOTENCY_CONFLICT(409),
    IDEMPOTENCY_REQUIRED(400),
    PAYLOAD_TOO_LARGE(413),
    UNSUPPORTED_MEDIA_TYPE(415),
    RATE_LIMITED(429),
    PLATFORM_ERROR(502),
    KILL_SWITCH(503),
    SERVICE_UNAVAILABLE(503),
    INTERNAL_ERROR(500);

    private final int status;

    ErrorCode(int status) {
        this.status = status;
    }

    public int status() {
        return status;
    }
}
