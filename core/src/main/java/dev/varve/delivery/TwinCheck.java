package dev.varve.delivery;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.varve.destination.Destination;
import dev.varve.destination.PixelApps;
import dev.varve.destination.PreparedEvent;
import dev.varve.event.Documents;
import dev.varve.event.Event;
import dev.varve.event.Platform;
import dev.varve.tenant.Mode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Keeps two apps that report the same event to the same pixel from sending it twice. Thread-safe.
///
/// No event is lost by it: one is a duplicate only when the other was forwarded. While the other is on its way this one
/// waits in the backlog.
final class TwinCheck {
    private static final ObjectMapper JSON =
            JsonMapper.builder(Documents.FACTORY).build();

    private final DeliveryLedger ledger;
    private final PixelApps pixelApps;
    private final OpenTwins open;

    TwinCheck(DeliveryLedger ledger, PixelApps pixelApps, OpenTwins open) {
        this.ledger = ledger;
        this.pixelApps = pixelApps;
        this.open = open;
    }

    /// What the other one would look like; empty when no other app reports to the pixel, and for test events, which are
    /// never merged with real ones.
    Optional<Twin> twinOf(PreparedEvent event, Destination destination) {
        String pixel = destination.pixelId();
        if (pixel == null) {
            return Optional.empty();
        }
        Set<String> apps = pixelApps.reportingTo(
                destination.testMode() ? Mode.TEST : Mode.LIVE,
                destination.key().platform(),
                pixel);
        String own = event.event().identity().appId();
        boolean isAlone = apps.isEmpty() || apps.size() == 1 && apps.contains(own);
        if (isAlone || isTest(event.event().event(), destination.key().platform())) {
            return Optional.empty();
        }
        Set<String> others = new HashSet<>(apps);
        others.remove(own);
        return Optional.of(new Twin(
                destination.key().platform(),
                pixel,
                event.sentAs(),
                event.event().identity().eventId(),
                others));
    }

    /// Does the event have a code of its own? Documents without the word are not read for it.
    private static boolean isTest(Event event, Platform platform) {
        String document = new String(event.document(), StandardCharsets.ISO_8859_1);
        if (!document.contains("\"testEventCode\"")) {
            return false;
        }
        try {
            return !JSON.readTree(event.document())
                    .path("testEventCode")
                    .path(platform.shortName())
                    .asText()
                    .isEmpty();
        } catch (IOException e) {
            return true;
        }
    }

    /// Which of them were forwarded, as far as the ledger knows; asks it once, or not at all.
    Set<Twin> forwarded(Collection<Twin> twins, Instant now) {
        return twins.isEmpty() ? Set.of() : ledger.forwardedTwins(twins, now.minus(Twin.WINDOW));
    }

    /// Decides about an item, given what the ledger knows. After `FIRST` the item holds its key until it ends.
    OpenTwins.Verdict judge(LaneItem item, Optional<Twin> twin, Set<Twin> forwarded, Instant now) {
        if (twin.isEmpty()) {
            return OpenTwins.Verdict.FIRST;
        }
        if (forwarded.contains(twin.get())) {
            return OpenTwins.Verdict.DUPLICATE;
        }
        Twin.Key key = twin.get().key();
        OpenTwins.Verdict verdict = open.take(key, item.offset(), now);
        if (verdict == OpenTwins.Verdict.FIRST) {
            item.twin = key;
        }
        return verdict;
    }
}
