package dev.varve.server.observe;

import dev.varve.delivery.BacklogEntry;
import dev.varve.delivery.DeliveryLedger;
import dev.varve.delivery.DestinationState;
import dev.varve.delivery.DueQuery;
import dev.varve.delivery.ForwardRequest;
import dev.varve.delivery.LedgerWrite;
import dev.varve.delivery.Receipt;
import dev.varve.delivery.ReceiptState;
import dev.varve.delivery.Twin;
import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Counts what the relay recorded, after it is recorded, so that `/metrics` and the ledger agree. Labels are platforms,
/// outcomes and skip reasons only: never a project, whose number has no bound.
public final class MeteredLedger implements DeliveryLedger {
    private final DeliveryLedger ledger;
    private final MeterRegistry registry;

    public MeteredLedger(DeliveryLedger ledger, MeterRegistry registry) {
        this.ledger = ledger;
        this.registry = registry;
    }

    @Override
    public Set<Long> record(LedgerWrite write) {
        Set<Long> stale = ledger.record(write);
        if (stale.isEmpty()) {
            write.requests.forEach(this::count);
            // Thousands of receipts have a handful of ends between them.
            write.receipts.stream()
                    .collect(Collectors.groupingBy(End::of, Collectors.counting()))
                    .forEach(this::count);
        }
        return stale;
    }

    private void count(ForwardRequest request) {
        Timer.builder("varve.delivery.attempt")
                .description("Requests to the platforms and their latency")
                .tag("platform", request.destination().platform().shortName())
                .tag("outcome", request.outcome())
                .serviceLevelObjectives(
                        Duration.ofMillis(50),
                        Duration.ofMillis(100),
                        Duration.ofMillis(250),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(15))
                .register(registry)
                .record(request.answer().latency());
    }

    private record End(
            Platform platform, ReceiptState state, @Nullable String reason) {
        static End of(Receipt receipt) {
            return new End(receipt.destination().platform(), receipt.state(), receipt.reason());
        }
    }

    private void count(End end, long receipts) {
        String platform = end.platform().shortName();
        String reason = end.reason();
        switch (end.state()) {
            case FORWARDED -> events(platform, "forwarded").increment(receipts);
            case DEAD -> {
                events(platform, "dead").increment(receipts);
                dead(platform, reason == null ? "unknown" : reason).increment(receipts);
            }
            case SKIPPED -> {
                events(platform, "skipped").increment(receipts);
                if (reason != null) {
                    skipped(platform, reason).increment(receipts);
                }
            }
            case PENDING, RETRYING -> {} // no receipt says so: a receipt is an end
        }
    }

    private Counter events(String platform, String outcome) {
        return Counter.builder("varve.delivery.events")
                .description("Events settled, by how")
                .tag("platform", platform)
                .tag("outcome", outcome)
                .register(registry);
    }

    private Counter skipped(String platform, String reason) {
        return Counter.builder("varve.delivery.skipped")
                .description("Skipped events, by why")
                .tag("platform", platform)
                .tag("reason", reason)
                .register(registry);
    }

    /// Reasons are words of the program, never what a platform says.
    private Counter dead(String platform, String reason) {
        return Counter.builder("varve.delivery.dead")
                .description("Dead letters, by why")
                .tag("platform", platform)
                .tag("reason", reason)
                .register(registry);
    }

    @Override
    public Opened open(long stream) {
        return ledger.open(stream);
    }

    @Override
    public long position(long stream) {
        return ledger.position(stream);
    }

    @Override
    public Set<LedgerWrite.Entry> entriesAfter(long stream, long position) {
        return ledger.entriesAfter(stream, position);
    }

    @Override
    public List<BacklogEntry> due(Collection<Long> owners, Destination.Key destination, DueQuery query) {
        return ledger.due(owners, destination, query);
    }

    @Override
    public Set<Twin> forwardedTwins(Collection<Twin> twins, Instant since) {
        return ledger.forwardedTwins(twins, since);
    }

    @Override
    public List<DueDestination> destinationsWithBacklog(Collection<Long> owners) {
        return ledger.destinationsWithBacklog(owners);
    }

    @Override
    public Optional<DestinationState> state(Destination.Key destination) {
        return ledger.state(destination);
    }

    @Override
    public boolean finish(long stream) {
        return ledger.finish(stream);
    }
}
