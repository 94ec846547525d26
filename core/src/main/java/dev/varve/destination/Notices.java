package dev.varve.destination;

import dev.varve.tenant.PrefixedId;
import org.slf4j.LoggerFactory;

/// Takes what an operator should hear of although sending goes on. Thread-safe.
public interface Notices {
    /// Writes a warning line and does no more.
    Notices LOGGED = (name, destination, answer) -> LoggerFactory.getLogger(Notices.class)
            .atWarn()
            .addKeyValue(
                    "projectId", PrefixedId.PROJECT.format(destination.key().projectId()))
            .addKeyValue("platform", destination.key().platform().layerName())
            .addKeyValue("platformCode", answer.platformCode())
            .addKeyValue("traceId", answer.traceId())
            .log(name);

    /// `name`: a constant of the connector, such as `tiktok.partial_success`; it names the log line and the metric.
    void raise(String name, Destination destination, Answer answer);
}
