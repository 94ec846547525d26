package dev.varve.tenant;

import java.util.Locale;
import java.util.Optional;

/// Live or test: keys of one never see objects of the other, and test projects only ever reach the platform sandbox.
public enum Mode {
    LIVE,
    TEST;

    /// `live`, `test`.
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Mode> parse(String text) {
        for (Mode mode : values()) {
            if (mode.wireName().equals(text)) {
                return Optional.of(mode);
            }
        }
        return Optional.empty();
    }
}
