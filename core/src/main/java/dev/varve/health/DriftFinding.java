package dev.varve.health;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// A property that events used to have in one form and now have not. `since`: arrival of the first event of
/// the present run of events that show it, as far as events were looked at.
public record DriftFinding(Subject subject, Kind kind, Shape baseline, Shape observed, Instant since) {
    /// `environment`: empty when the events state none.
    public record Subject(String eventName, Optional<String> environment, String property) {}

    public enum Kind {
        MISSING,
        TYPE_CHANGED;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// @param events all that were looked at
    /// @param present those of them with the property
    /// @param type the commonest among its values; in what was observed of a changed type, the commonest
    ///     other one. Empty when there are no values
    public record Shape(int events, int present, Optional<PropertyType> type) {
        /// 0 to 1.
        public double presence() {
            return events == 0 ? 0 : (double) present / events;
        }
    }
}
