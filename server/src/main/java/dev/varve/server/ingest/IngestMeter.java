package dev.varve.server.ingest;

import dev.varve.collect.CollectOutcome;
import dev.varve.eventlog.EventLogUnavailableException;
import dev.varve.server.http.ApiException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts what ingest did, for `/metrics` and for one `event.collected` line per second with traffic. Thread-safe.
public final class IngestMeter {
    private static final Logger LOG = LoggerFactory.getLogger(IngestMeter.class);

    private final MeterRegistry registry;
    private final Counter collectedRequests;
    private final Counter accepted;
    private final Counter duplicates;
    private final Counter rejected;
    private final Timer collecting;
    private final LongAdder lineRequests = new LongAdder();
    private final LongAdder lineAccepted = new LongAdder();
    private final LongAdder lineDuplicates = new LongAdder();
    private final LongAdder lineRejected = new LongAdder();
    private final LongAdder lineRefused = new LongAdder();

    public IngestMeter(MeterRegistry registry) {
        this.registry = registry;
        this.collectedRequests = requests("collected");
        this.accepted = events("accepted");
        this.duplicates = events("duplicate");
        this.rejected = events("rejected");
        this.collecting = Timer.builder("varve.ingest.append")
                .description("From the whole body to the durable answer")
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(2),
                        Duration.ofMillis(5),
                        Duration.ofMillis(10),
                        Duration.ofMillis(20),
                        Duration.ofMillis(40),
                        Duration.ofMillis(100),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2))
                .register(registry);
    }

    void collected(int acceptedEvents, int duplicateEvents, int rejectedEvents, Duration latency) {
        collectedRequests.increment();
        accepted.increment(acceptedEvents);
        duplicates.increment(duplicateEvents);
        rejected.increment(rejectedEvents);
        collecting.record(latency);
        lineRequests.increment();
        lineAccepted.add(acceptedEvents);
        lineDuplicates.add(duplicateEvents);
        lineRejected.add(rejectedEvents);
    }

    /// Measures a collection that another door makes, `POST /v1/events`.
    public CollectOutcome measured(Supplier<CollectOutcome> collecting) {
        long start = System.nanoTime();
        CollectOutcome outcome;
        try {
            outcome = collecting.get();
        } catch (EventLogUnavailableException e) {
            refused("service_unavailable");
            throw e;
        }
        switch (outcome) {
            case CollectOutcome.Collected collected ->
                collected(
                        collected.accepted(),
                        collected.duplicates(),
                        collected.rejected().size(),
                        Duration.ofNanos(System.nanoTime() - start));
            case CollectOutcome.Invalid invalid -> refused(code(CollectAnswer.error(invalid)));
            case CollectOutcome.TooManyEvents tooMany -> refused(code(CollectAnswer.error(tooMany)));
            case CollectOutcome.Unauthenticated refused -> refused(code(CollectAnswer.error(refused)));
            case CollectOutcome.RateLimited limited -> refused(code(CollectAnswer.error(limited)));
        }
        return outcome;
    }

    private static String code(ApiException error) {
        return error.code().name().toLowerCase(Locale.ROOT);
    }

    /// `outcome`: the error code in lower case.
    void refused(String outcome) {
        requests(outcome).increment();
        lineRefused.increment();
    }

    /// Writes the line of the second that just went by; nothing when it was quiet.
    public void writeLine() {
        long requests = lineRequests.sumThenReset();
        long refused = lineRefused.sumThenReset();
        if (requests + refused == 0) {
            return;
        }
        LOG.atInfo()
                .addKeyValue("requests", requests)
                .addKeyValue("accepted", lineAccepted.sumThenReset())
                .addKeyValue("duplicates", lineDuplicates.sumThenReset())
                .addKeyValue("rejected", lineRejected.sumThenReset())
                .addKeyValue("refusedRequests", refused)
                .log("event.collected");
    }

    private Counter requests(String outcome) {
        return Counter.builder("varve.ingest.requests").tag("outcome", outcome).register(registry);
    }

    private Counter events(String outcome) {
        return Counter.builder("varve.ingest.events").tag("outcome", outcome).register(registry);
    }
}
