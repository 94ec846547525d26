package dev.varve.eventlog;

/// The log cannot take events now; nothing of the batch was stored.
public final class EventLogUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public EventLogUnavailableException(String message) {
        super(message);
    }

    public EventLogUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
