package dev.varve.tenant;

import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The owner of keys and projects. `parentId` is null on a root; there is one level of children.
public record Organization(
        UUID id,
        @Nullable UUID parentId,
        String name,
        Status status,
        Mode mode,
        @Nullable String billingEmail,
        Instant createdAt) {
    /// Stored by its lower-case name. `ARCHIVED` is final.
    public enum Status {
        ACTIVE,
        SUSPENDED,
        ARCHIVED;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Status of(String wireName) {
            return valueOf(wireName.toUpperCase(Locale.ROOT));
        }
    }

    /// Never prints the e-mail address.
    @Override
    public String toString() {
        return "Organization[" + id + "]";
    }
}
