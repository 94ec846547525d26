package dev.varve.store.postgres.ledger;

import dev.varve.delivery.ReceiptState;
import dev.varve.delivery.Twin;
import dev.varve.store.postgres.log.EventKey;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// Finds forwarded twins by the keys under which the log knows the other apps' events of the same id: no table of its
/// own, one index look-up per event and app. A twin that went out as a test event does not count: the platform kept it
/// apart.
final class SelectForwardedTwins {
    private final Handle handle;
    private final List<Twin> twins = new ArrayList<>();
    private final List<UUID> keys = new ArrayList<>();

    SelectForwardedTwins(Handle handle, Collection<Twin> wanted) {
        this.handle = handle;
        MessageDigest sha256 = EventKey.sha256();
        for (Twin twin : wanted) {
            for (String app : twin.otherApps()) {
                twins.add(twin);
                keys.add(EventKey.of(sha256, app, twin.eventId()).toUuid());
            }
        }
    }

    Set<Twin> since(Instant since) {
        Set<Twin> found = new HashSet<>();
        handle.createQuery("""
                        select w.i from unnest(:keys, :platforms, :names, :pixels)
                            with ordinality as w(key, platform, name, pixel, i)
                        join event_key k on k.key = w.key
                        join delivery_receipt r on r.log_offset = k.log_offset and r.occurred_at = k.occurred_at
                            and r.platform = w.platform
                        join delivery_request q on q.id = r.request_id
                        join event e on e.log_offset = k.log_offset and e.occurred_at = k.occurred_at
                        where r.state = :forwarded and r.sent_as = w.name and r.at >= :since and q.pixel_id = w.pixel
                          and position('"testEventCode"'::bytea in e.document) = 0""")
                .bindArray("keys", UUID.class, keys)
                .bindArray(
                        "platforms",
                        Integer.class,
                        twins.stream().map(twin -> twin.platform().ordinal()).toList())
                .bindArray(
                        "names",
                        String.class,
                        twins.stream()
                                .map(twin -> Columns.storable(twin.sentAs()))
                                .toList())
                .bindArray(
                        "pixels",
                        String.class,
                        twins.stream()
                                .map(twin -> Columns.storable(twin.pixelId()))
                                .toList())
                .bind("forwarded", ReceiptState.FORWARDED.ordinal())
                .bind("since", since.atOffset(ZoneOffset.UTC))
                .mapTo(Integer.class)
                .forEach(i -> found.add(twins.get(i - 1)));
        return found;
    }
}
