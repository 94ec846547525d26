package dev.varve.server;

import dev.varve.component.Component;
import dev.varve.server.observe.Metrics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a running server is made of: closes what it owns in the reverse order, and knows what `/health` and `/metrics`
/// show. Not thread-safe; the parts in it are.
final class Parts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Parts.class);

    private final PrometheusMeterRegistry metrics = Metrics.create();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final List<Component> components = new ArrayList<>();

    PrometheusMeterRegistry metrics() {
        return metrics;
    }

    /// Those watched so far and later.
    List<Component> components() {
        return components;
    }

    <T extends AutoCloseable> T own(T part) {
        opened.push(part);
        return part;
    }

    <T extends Component> T watch(T part) {
        components.add(part);
        return part;
    }

    void repeat(Duration period, Runnable task) {
        own(Repetition.every(period, task));
    }

    <T> void counter(String name, String description, T part, ToDoubleFunction<T> value) {
        FunctionCounter.builder(name, part, value).description(description).register(metrics);
    }

    void gauge(String name, Supplier<Number> value) {
        Gauge.builder(name, value).register(metrics);
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            AutoCloseable part = opened.pop();
            try {
                part.close();
            } catch (Exception e) {
                LOG.atWarn()
                        .addKeyValue("part", part.getClass().getSimpleName())
                        .setCause(e)
                        .log("close.failed");
            }
        }
    }
}
