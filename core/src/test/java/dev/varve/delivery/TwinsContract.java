package dev.varve.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.Answer;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// How a ledger finds that another app's event of the same id was forwarded.
public abstract class TwinsContract extends LedgerFixture {
    private static final Twin TWIN = new Twin(Platform.META, "900", "Purchase", "e-1", Set.of("app_b", "app_c"));

    protected final Set<Twin> twins(Instant since) {
        return ledger().forwardedTwins(
                        List.of(
                                TWIN,
                                new Twin(Platform.TIKTOK, "900", "Purchase", "e-1", TWIN.otherApps()),
                                new Twin(Platform.META, "901", "Purchase", "e-1", TWIN.otherApps()),
                                new Twin(Platform.META, "900", "Lead", "e-1", TWIN.otherApps()),
                                new Twin(Platform.META, "900", "Purchase", "e-2", TWIN.otherApps()),
                                new Twin(Platform.META, "900", "Purchase", "e-1", Set.of("app_a"))),
                        since);
    }

    protected final void settle(long position, ReceiptState state) {
        LedgerWrite write = write(position);
        UUID request = UUID.randomUUID();
        write.requests.add(new ForwardRequest(
                request,
                key,
                "900",
                new ForwardRequest.Carried(1, List.of("e-1")),
                "forwarded",
                new Answer(NOW, Duration.ofMillis(12), 200, null, null, null)));
        write.receipts.add(new Receipt(
                new EventRef(offset(position), NOW),
                key,
                state,
                null,
                "Purchase",
                new Receipt.Settlement(NOW, 1, request, List.of())));
        ledger().record(write);
    }

    @Test
    void aForwardedTwinIsOneOfTheSamePlatformPixelNameAndIdFromAnotherApp() {
        logged(1, "app_b", "e-1");
        assertThat(twins(NOW)).isEmpty();
        settle(1, ReceiptState.FORWARDED);
        assertThat(twins(NOW)).containsExactly(TWIN);
        assertThat(twins(NOW.plusMillis(1))).isEmpty();
        assertThat(ledger().forwardedTwins(List.of(), NOW)).isEmpty();
    }

    @Test
    void aTwinThatEndedOtherwiseIsNone() {
        logged(1, "app_b", "e-1");
        logged(2, "app_c", "e-1");
        settle(1, ReceiptState.DEAD);
        settle(2, ReceiptState.SKIPPED);
        assertThat(twins(NOW)).isEmpty();
    }
}
