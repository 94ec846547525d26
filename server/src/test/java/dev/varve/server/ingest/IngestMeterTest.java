package dev.varve.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.varve.collect.CollectOutcome;
import dev.varve.eventlog.EventLogUnavailableException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/// Ingest counts itself the same way through both doors.
class IngestMeterTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final IngestMeter meter = new IngestMeter(registry);

    private double events(String outcome) {
        return registry.get("varve.ingest.events")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    private double requests(String outcome) {
        return registry.get("varve.ingest.requests")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    @Test
    void aCollectionIsCountedByWhatBecameOfItsEvents() {
        meter.measured(() -> new CollectOutcome.Collected(
                3, 1, List.of(new CollectOutcome.Rejection(4, "VALIDATION", "no name")), List.of()));

        assertThat(requests("collected")).isOne();
        assertThat(events("accepted")).isEqualTo(3);
        assertThat(events("duplicate")).isOne();
        assertThat(events("rejected")).isOne();
        assertThat(registry.get("varve.ingest.append").timer().count()).isOne();
    }

    @Test
    void aRefusalIsCountedByItsCode() {
        meter.measured(() -> new CollectOutcome.TooManyEvents(500));
        meter.measured(() -> new CollectOutcome.RateLimited(java.time.Duration.ofSeconds(1)));

        assertThat(requests("rate_limited")).isOne();
        assertThat(registry.get("varve.ingest.requests").counters()).hasSize(3);
    }

    @Test
    void aStoreThatIsAwayIsCountedAndStillThrown() {
        assertThatThrownBy(() -> meter.measured(() -> {
                    throw new EventLogUnavailableException("away");
                }))
                .isInstanceOf(EventLogUnavailableException.class);
        assertThat(requests("service_unavailable")).isOne();
    }

    @Test
    void theLineOfASecondHasStableNamesAndAQuietSecondHasNone() {
        Logger logger = (Logger) LoggerFactory.getLogger(IngestMeter.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            meter.writeLine();
            assertThat(lines.list).isEmpty();

            meter.measured(() -> new CollectOutcome.Collected(2, 1, List.of(), List.of()));
            meter.writeLine();

            assertThat(lines.list).singleElement().satisfies(line -> {
                assertThat(line.getMessage()).isEqualTo("event.collected");
                assertThat(line.getKeyValuePairs().stream().map(pair -> pair.key + "=" + pair.value))
                        .containsExactly("requests=1", "accepted=2", "duplicates=1", "rejected=0", "refusedRequests=0");
            });
        } finally {
            logger.detachAppender(lines);
        }
    }
}
