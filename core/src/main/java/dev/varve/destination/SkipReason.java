package dev.varve.destination;

import java.util.Locale;

/// Why an event was not forwarded; the wire name is the lower-case name.
public enum SkipReason {
    UNMAPPED,
    CONSENT,
    TOO_OLD,
    NO_IDENTIFIERS,
    DUPLICATE,
    DISABLED;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
