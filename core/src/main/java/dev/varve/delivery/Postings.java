package dev.varve.delivery;

import dev.varve.destination.Destination;
import dev.varve.destination.SkipReason;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventLog;
import dev.varve.eventlog.EventRef;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// What an end of an event adds to a ledger write: its receipt, and the counts that explain it. Probe events have
/// receipts and are counted nowhere.
final class Postings {
    private Postings() {}

    static void forwarded(LedgerWrite write, LaneItem item, Destination.Key destination, UUID requestId, Instant at) {
        LoggedEvent event = item.event();
        write.receipts.add(new Receipt(
                ref(event),
                destination,
                ReceiptState.FORWARDED,
                null,
                item.prepared.sentAs(),
                new Receipt.Settlement(at, item.attempts, requestId, item.notes())));
        if (!event.event().synthetic()) {
            String appId = event.identity().appId();
            count(write, event.offset(), RollupKey.ofAllApps(destination, at, RollupKey.SENT));
            count(write, event.offset(), new RollupKey(destination, appId, event.receivedAt(), RollupKey.SETTLED));
            write.activity(destination, appId, new LedgerWrite.Activity(Instant.MIN, at));
        }
    }

    static void skipped(
            LedgerWrite write,
            LoggedEvent event,
            Destination.Key destination,
            String reason,
            Receipt.Settlement settlement) {
        write.receipts.add(new Receipt(ref(event), destination, ReceiptState.SKIPPED, reason, null, settlement));
        if (!event.event().synthetic()) {
            String appId = event.identity().appId();
            countSkip(write, event.offset(), new Skip(destination, appId, reason), event.receivedAt(), settlement.at());
        }
    }

    /// An entry whose event the log does not have: it grew too old while it waited, or was erased. Whether it
    /// was a probe nobody knows any more; it counts as real.
    static void vanished(LedgerWrite write, BacklogEntry entry, Instant now) {
        String reason = (entry.isErased() ? SkipReason.CONSENT : SkipReason.TOO_OLD).wireName();
        write.receipts.add(new Receipt(
                entry.event(),
                entry.destination(),
                ReceiptState.SKIPPED,
                reason,
                null,
                new Receipt.Settlement(now, entry.progress().attempts(), null, List.of())));
        Skip skip = new Skip(entry.destination(), entry.appId(), reason);
        countSkip(write, entry.event().offset(), skip, entry.receivedAt(), now);
    }

    static void dead(LedgerWrite write, DeadLetter letter, String sentAs, List<String> notes) {
        LoggedEvent event = letter.event();
        DeadLetter.Failure failure = letter.failure();
        write.deadLetters.add(letter);
        write.receipts.add(new Receipt(
                ref(event),
                letter.destination(),
                ReceiptState.DEAD,
                letter.reason(),
                sentAs,
                new Receipt.Settlement(
                        failure.lastAt(),
                        failure.attempts(),
                        failure.sent() == null ? null : failure.sent().requestId(),
                        notes)));
        if (!event.event().synthetic()) {
            String metric = RollupKey.DEAD_PREFIX + letter.reason();
            String appId = event.identity().appId();
            count(write, event.offset(), new RollupKey(letter.destination(), appId, event.receivedAt(), metric));
        }
    }

    static void eligible(LedgerWrite write, LoggedEvent event, Destination.Key destination) {
        if (!event.event().synthetic()) {
            String appId = event.identity().appId();
            count(write, event.offset(), RollupKey.ofAllApps(destination, event.receivedAt(), RollupKey.ELIGIBLE));
            write.activity(destination, appId, new LedgerWrite.Activity(event.receivedAt(), Instant.MIN));
        }
    }

    /// The position passes the event: everything about it is recorded, so from now on it must be explained.
    static void passed(LedgerWrite write, ProgressWindow.Tracked tracked) {
        ProgressWindow.Arrival arrival = tracked.arrival;
        if (arrival.synthetic()) {
            return;
        }
        for (Platform platform : Platform.values()) {
            Destination.Key destination = new Destination.Key(arrival.projectId(), platform);
            count(write, tracked.offset, key(destination, arrival, RollupKey.ACCEPTED));
            if (tracked.off.contains(platform)) {
                count(write, tracked.offset, key(destination, arrival, RollupKey.SKIPPED_DISABLED));
            }
        }
    }

    private static RollupKey key(Destination.Key destination, ProgressWindow.Arrival arrival, String metric) {
        return new RollupKey(destination, arrival.appId(), arrival.receivedAt(), metric);
    }

    static void requested(LedgerWrite write, ForwardRequest request, int acknowledged, boolean failed) {
        Instant at = request.answer().at();
        Destination.Key destination = request.destination();
        write.count(RollupKey.ofAllApps(destination, at, RollupKey.ATTEMPTS), LedgerWrite.NO_STREAM, 1);
        if (failed) {
            write.count(RollupKey.ofAllApps(destination, at, RollupKey.FAILED_ATTEMPTS), LedgerWrite.NO_STREAM, 1);
        }
        if (acknowledged > 0) {
            RollupKey received = RollupKey.ofAllApps(destination, at, RollupKey.RECEIVED);
            write.count(received, LedgerWrite.NO_STREAM, acknowledged);
        }
    }

    private record Skip(Destination.Key destination, String appId, String reason) {
        RollupKey byArrival(Instant arrival) {
            return new RollupKey(destination, appId, arrival, RollupKey.SKIPPED_PREFIX + reason);
        }

        RollupKey byReceipt(Instant now) {
            return RollupKey.ofAllApps(destination, now, RollupKey.SKIPS_PREFIX + reason);
        }
    }

    private static void countSkip(LedgerWrite write, long offset, Skip skip, Instant arrival, Instant now) {
        count(write, offset, skip.byArrival(arrival));
        count(write, offset, skip.byReceipt(now));
    }

    private static void count(LedgerWrite write, long offset, RollupKey key) {
        write.count(key, EventLog.streamOf(offset), 1);
    }

    static EventRef ref(LoggedEvent event) {
        return new EventRef(event.offset(), event.event().occurredAt());
    }
}
