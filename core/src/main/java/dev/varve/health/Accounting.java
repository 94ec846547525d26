package dev.varve.health;

import dev.varve.event.Platform;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Where every accepted real event of a window of arrival stands on a platform.
public interface Accounting {
    /// `since` inclusive, `until` exclusive. All figures are of one moment. The caller has already checked that the
    /// project is the caller's.
    Sums read(UUID projectId, Platform platform, Optional<String> appId, Instant since, Instant until);

    /// `skippedBy` and `deadBy`: by wire reason.
    record Sums(
            long accepted,
            long forwarded,
            Map<String, Long> skippedBy,
            Map<String, Long> deadBy,
            long pending,
            long retrying) {
        public Sums {
            skippedBy = Map.copyOf(skippedBy);
            deadBy = Map.copyOf(deadBy);
        }

        public long skipped() {
            return total(skippedBy);
        }

        public long dead() {
            return total(deadBy);
        }

        /// Always 0; anything else is a defect.
        public long unexplained() {
            return accepted - forwarded - skipped() - dead() - pending - retrying;
        }

        private static long total(Map<String, Long> counts) {
            return counts.values().stream().mapToLong(Long::longValue).sum();
        }
    }
}
