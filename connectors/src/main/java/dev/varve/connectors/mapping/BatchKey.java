package dev.varve.connectors.mapping;

import org.jspecify.annotations.Nullable;

/// What all events of one request share besides the destination: the platform's source and a test event code. Written
/// as `source` or `source#code` in `PreparedEvent.batchKey`.
public record BatchKey(String source, @Nullable String testEventCode) {
    private static final char SEPARATOR = '#';

    public static BatchKey parse(String text) {
        int separator = text.indexOf(SEPARATOR);
        return separator < 0
                ? new BatchKey(text, null)
                : new BatchKey(text.substring(0, separator), text.substring(separator + 1));
    }

    /// Test events go alone.
    public boolean isSingle() {
        return testEventCode != null;
    }

    public String encoded() {
        return testEventCode == null ? source : source + SEPARATOR + testEventCode;
    }
}
