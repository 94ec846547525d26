package dev.varve.destination;

import java.util.List;

/// How well a platform is likely to recognise the person behind an event: Varve's own estimate by the documented weight
/// of each identifier, 0 to 10. `present` and `missing` are the platform's own key names, heaviest first.
public record MatchQuality(double score, List<String> present, List<String> missing) {
    public MatchQuality {
        present = List.copyOf(present);
        missing = List.copyOf(missing);
    }
}
