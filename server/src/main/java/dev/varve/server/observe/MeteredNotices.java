package dev.varve.server.observe;

import dev.varve.destination.Answer;
import dev.varve.destination.Destination;
import dev.varve.destination.Notices;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/// Counts what connectors report, beside the log lines, so that an alarm can be built on it. Labels are platforms and
/// names from the code only.
public final class MeteredNotices implements Notices {
    private final MeterRegistry registry;

    public MeteredNotices(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void raise(String name, Destination destination, Answer answer) {
        LOGGED.raise(name, destination, answer);
        Counter.builder("varve.delivery.notices")
                .description("What connectors report although sending goes on, by what it is")
                .tag("platform", destination.key().platform().shortName())
                .tag("notice", name)
                .register(registry)
                .increment();
    }
}
