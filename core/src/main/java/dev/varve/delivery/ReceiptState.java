package dev.varve.delivery;

import java.util.Locale;

/// Where an (event, platform) stands. Stored by ordinal: never reorder.
public enum ReceiptState {
    PENDING,
    FORWARDED,
    SKIPPED,
    RETRYING,
    DEAD;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
