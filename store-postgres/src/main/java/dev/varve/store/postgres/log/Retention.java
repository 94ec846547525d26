package dev.varve.store.postgres.log;

import dev.varve.identity.KnownIds;
import dev.varve.store.postgres.Database;
import dev.varve.store.postgres.Patience;
import dev.varve.tenant.IdempotencyKeys;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/// Forgets what is past its time: changes of tenants after an hour; idempotency keys after a day; matching
/// and click records and rejected postbacks after 7 days; attempts, dead letters, jobs and postbacks that
/// wait for their app after 30 days; requests, known ids and the platforms' counts after 90 days; events with
/// their receipts and keys after 400 days; counts and audit rows after 2 years. What a running job still
/// works on is kept. Whole partitions go at once; rows of the default partitions go by age. Safe to repeat
/// and to interrupt.
public final class Retention {
    static final Duration EVENTS = Duration.ofDays(400);
    /// The requests are the audit trail's forwards, which shows 90 days.
    static final Duration REQUESTS = Duration.ofDays(90);
    static final Duration ATTEMPTS = Duration.ofDays(30);
    static final Duration DEAD_LETTERS = Duration.ofDays(30);
    static final Duration JOBS = Duration.ofDays(30);
    static final Duration PLATFORM_COUNTS = Duration.ofDays(90);
    static final Duration REJECTED_POSTBACKS = Duration.ofDays(7);
    static final Duration WAITING_POSTBACKS = Duration.ofDays(30);
    static final Duration COUNTS = Duration.ofDays(2 * 365 + 1);
    static final Duration AUDIT = COUNTS;
    /// A process that is silent for so long repeats no write.
    static final Duration WRITERS = Duration.ofDays(7);
    /// Every process has asked for them hundreds of times by then.
    static final Duration TENANT_CHANGES = Duration.ofHours(1);
    private static final int ROWS_PER_SLICE = 10_000;
    private static final int KEYS_PER_SLICE = 5_000;
    private static final String DELETE_KEYS_OF_SLICE = """
            with slice as (
                select log_offset, app_id, event_id from <table>
                where log_offset > :after and <column> < :before order by log_offset limit :slice
            ), gone as (
                delete from event_key using slice
                where key = encode(substring(sha256(
                        convert_to(app_id, 'UTF8') || '\\x00'::bytea || convert_to(event_id, 'UTF8')) for 16), 'hex')::uuid
                    and event_key.log_offset = slice.log_offset
            )
            select max(log_offset) from slice""";

    private final Jdbi jdbi;
    private final Duration matchingRecords;

    /// `matchingRecords`: how long addresses and user agents are kept.
    public Retention(Database database, Duration matchingRecords) {
        this.jdbi = database.jdbi(Patience.LONG);
        this.matchingRecords = matchingRecords;
    }

    /// Forgets everything that is too old at `now`. Whole days and weeks: a record goes when the last of its day is
    /// too old, so call this at least hourly.
    public void apply(Instant now) {
        deleteLedgerRows(now);
        deleteRows("known_id", "first_at", now.minus(KnownIds.LIFETIME));
        deleteRows("click_record", "at", now.minus(matchingRecords));
        deleteRows("apple_postback", "status = 'rejected' and received_at", now.minus(REJECTED_POSTBACKS));
        deleteRows("apple_postback", "received_at", now.minus(WAITING_POSTBACKS));
        deleteRows("audit_row", "occurred_at", now.minus(AUDIT));
        deleteRows("idempotency_key", "claimed_at", now.minus(IdempotencyKeys.WINDOW));
        deleteRows("tenant_change", "at", now.minus(TENANT_CHANGES));
        deleteRows("platform_count", "period_until", now.minus(PLATFORM_COUNTS));
        dropMatchingRecords(now.minus(matchingRecords));
        dropEvents(now.minus(EVENTS));
    }

    private void deleteLedgerRows(Instant now) {
        deleteRows("delivery_request", "at", now.minus(REQUESTS));
        deleteRows("delivery_attempt", "at", now.minus(ATTEMPTS));
        deleteRows("dead_letter", "not is_replaying and last_failed_at", now.minus(DEAD_LETTERS));
        deleteRows(
                "job",
                "not exists (select from dead_letter d where d.job_id = job.id and d.is_replaying) and created_at",
                now.minus(JOBS));
        deleteRows("delivery_rollup", "minute", now.minus(COUNTS));
        deleteRows("delivery_minute", "minute", now.minus(COUNTS));
        deleteRows("delivery_hour", "hour", now.minus(COUNTS));
        deleteRows("ledger_writer", "at", now.minus(WRITERS));
    }

    private void dropMatchingRecords(Instant records) {
        for (String partition : endedBefore("matching_record", "d", 1, records)) {
            drop("matching_record", partition);
        }
        deleteDefault("matching_record", "received_at", records);
    }

    private void dropEvents(Instant events) {
        for (String partition : endedBefore("event", "w", 7, events)) {
            deleteKeys(partition, "occurred_at", events);
            drop("event", partition);
        }
        for (String partition : endedBefore("delivery_receipt", "w", 7, events)) {
            drop("delivery_receipt", partition);
        }
        // The default partitions hold what came with an absurd time: there the time of arrival counts.
        deleteKeys("event_default", "received_at", events);
        deleteDefault("event", "received_at", events);
        deleteDefault("delivery_receipt", "at", events);
    }

    private List<String> endedBefore(String parent, String kind, int days, Instant limit) {
        String prefix = parent + "_" + kind;
        return jdbi
                .withHandle(handle -> handle.createQuery(
                                "select inhrelid::regclass::text from pg_inherits where inhparent = :parent::regclass")
                        .bind("parent", parent)
                        .mapTo(String.class)
                        .list())
                .stream()
                .filter(name -> name.matches(prefix + "\\d{8}"))
                .filter(name -> !LocalDate.parse(name.substring(prefix.length()), Partitions.SUFFIX)
                        .plusDays(days)
                        .atStartOfDay(ZoneOffset.UTC)
                        .toInstant()
                        .isAfter(limit))
                .toList();
    }

    private void deleteKeys(String table, String column, Instant before) {
        @Nullable Long after = -1L;
        while (after != null) {
            long from = after;
            after = jdbi.withHandle(handle -> deleteSlice(handle, table, column, from, before));
        }
    }

    private static @Nullable Long deleteSlice(Handle handle, String table, String column, long after, Instant before) {
        return handle.createQuery(DELETE_KEYS_OF_SLICE.replace("<table>", table).replace("<column>", column))
                .bind("after", after)
                .bind("before", before.atOffset(ZoneOffset.UTC))
                .bind("slice", KEYS_PER_SLICE)
                .mapTo(Long.class)
                .one();
    }

    /// Waits only briefly for the lock that others' queries hold, and tries again at the next call.
    private void drop(String parent, String partition) {
        jdbi.useTransaction(handle -> {
            handle.execute("set local lock_timeout = '2s'");
            handle.execute("alter table " + parent + " detach partition " + partition);
            handle.execute("drop table " + partition);
        });
    }

    /// In slices, so that nobody waits for its locks for long and an interruption loses little. `condition` ends with
    /// the column of time.
    private void deleteRows(String table, String condition, Instant before) {
        String slice = "delete from <table> where ctid = any(array(".replace("<table>", table)
                + "select ctid from <table> where <condition> < ? limit <rows>))"
                        .replace("<table>", table)
                        .replace("<condition>", condition)
                        .replace("<rows>", Integer.toString(ROWS_PER_SLICE));
        int deleted = ROWS_PER_SLICE;
        while (deleted == ROWS_PER_SLICE) {
            deleted = jdbi.withHandle(handle -> handle.execute(slice, before.atOffset(ZoneOffset.UTC)));
        }
    }

    private void deleteDefault(String parent, String column, Instant before) {
        jdbi.useHandle(handle -> handle.execute(
                "delete from " + parent + "_default where " + column + " < ?", before.atOffset(ZoneOffset.UTC)));
    }
}
