package dev.varve.health;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Which top-level properties the events of one name in one environment had, and of which type: in order of
/// arrival, the baseline first, then the newest sample. Filled by whoever reads the events. Not thread-safe.
///
/// Takes a byte for each event and property, and bounds the properties: apps that make property names up as
/// they go cost no more than others. One that is left out is so for all events, so it never seems to appear
/// or to go.
public final class ObservedShapes {
    static final int MOST_PROPERTIES = 500;
    static final int LONGEST_NAME = 256;

    private final List<Instant> arrivals;
    private final int baseline;
    private final TreeMap<String, byte[]> columns = new TreeMap<>();

    /// @param baseline arrivals of the baseline's events, oldest first
    /// @param sample arrivals of the newest sample's, oldest first, none before the baseline's last
    public ObservedShapes(List<Instant> baseline, List<Instant> sample) {
        this.arrivals = Stream.concat(baseline.stream(), sample.stream()).toList();
        this.baseline = baseline.size();
    }

    /// The event with this number, in the order of the arrivals, has `property`.
    public void saw(int event, String property, PropertyType type) {
        byte[] column = columns.get(property);
        if (column == null) {
            if (columns.size() == MOST_PROPERTIES || property.length() > LONGEST_NAME) {
                return;
            }
            column = new byte[arrivals.size()];
            columns.put(property, column);
        }
        column[event] = (byte) (type.ordinal() + 1);
    }

    Set<String> properties() {
        return columns.keySet();
    }

    /// Empty: the event has no such property.
    Optional<PropertyType> type(int event, String property) {
        byte[] column = columns.get(property);
        return column == null || column[event] == 0
                ? Optional.empty()
                : Optional.of(PropertyType.values()[column[event] - 1]);
    }

    int events() {
        return arrivals.size();
    }

    /// Of the baseline; the sample begins behind it.
    int baseline() {
        return baseline;
    }

    Instant arrival(int event) {
        return arrivals.get(event);
    }
}
