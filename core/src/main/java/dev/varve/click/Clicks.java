package dev.varve.click;

import dev.varve.event.RequestOrigin;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/// Remembers for a few days who went through the click relay. Thread-safe.
public interface Clicks {
    void record(Click click);

    /// `clickIds`: such as `fbclid`, `ttclid`, `gclid`. `utm`: by the part after `utm_`.
    record Click(
            Instant at,
            UUID projectId,
            String appId,
            Map<String, String> clickIds,
            Map<String, String> utm,
            RequestOrigin origin) {
        public Click {
            clickIds = Map.copyOf(clickIds);
            utm = Map.copyOf(utm);
        }
    }
}
