package dev.varve.event;

import org.jspecify.annotations.Nullable;

/// Client address and user agent of a request: the matching record, kept for 7 days only and never part of the event.
public record RequestOrigin(@Nullable String ip, @Nullable String userAgent) {
    public static final RequestOrigin UNKNOWN = new RequestOrigin(null, null);

    public boolean isEmpty() {
        return ip == null && userAgent == null;
    }

    @Override
    public String toString() {
        return "RequestOrigin[***]";
    }
}
