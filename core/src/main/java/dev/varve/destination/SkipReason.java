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

    private final String wireName = name().toLowerCase(Locale.ROOT); // asked for with every event

    public String wireName() {
        return wireName;
    }
}
