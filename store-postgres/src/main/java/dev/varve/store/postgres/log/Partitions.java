package dev.varve.store.postgres.log;

import dev.varve.store.postgres.Database;
import dev.varve.store.postgres.Patience;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the partitions before rows need them: weeks (from Monday, UTC) of `event` and `delivery_receipt` by
/// `occurred_at`, days of `matching_record` by `received_at`. What lies outside of the window, and what could not get
/// its partition in time, goes into the default partition and is still found there. Thread-safe.
public final class Partitions {
    /// How far back and ahead an event's week gets a partition of its own.
    static final Duration BACK = Duration.ofDays(420);

    static final Duration AHEAD = Duration.ofDays(8);
    static final DateTimeFormatter SUFFIX = DateTimeFormatter.BASIC_ISO_DATE;
    private static final int LOCK = 7672;
    private static final Duration RETRY_AFTER = Duration.ofMinutes(1);
    private static final Logger LOG = LoggerFactory.getLogger(Partitions.class);
    private static final long MONDAY = LocalDate.of(1970, 1, 5).toEpochDay();

    private final Jdbi prompt;
    private final Jdbi patient;
    private final Clock clock;
    /// Until when a week or day needs no look: for ever once its partition stands, a minute after a failure.
    private final Map<String, Instant> settled = new ConcurrentHashMap<>();

    public Partitions(Database database, Clock clock) {
        this.prompt = database.jdbi();
        this.patient = database.jdbi(Patience.LONG);
        this.clock = clock;
    }

    /// The Monday of the week of `instant`.
    public static LocalDate weekOf(Instant instant) {
        long day = LocalDate.ofInstant(instant, ZoneOffset.UTC).toEpochDay();
        return LocalDate.ofEpochDay(day - Math.floorMod(day - MONDAY, 7));
    }

    /// The weeks around now, and the matching records' yesterday to the day after tomorrow.
    public void ensureAroundNow() {
        Instant now = clock.instant();
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        for (int day = -1; day <= 2; day++) {
            ensureDay(patient, today.plusDays(day));
        }
        for (int week = -1; week <= 1; week++) {
            ensureWeek(patient, weekOf(now).plusWeeks(week));
        }
    }

    /// For rows that are about to be written, whose senders wait.
    void ensure(Collection<Instant> occurredAt) {
        Instant now = clock.instant();
        Instant from = now.minus(BACK);
        Instant to = now.plus(AHEAD);
        occurredAt.stream()
                .filter(at -> !at.isBefore(from) && !at.isAfter(to))
                .map(Partitions::weekOf)
                .distinct()
                .forEach(week -> ensureWeek(prompt, week));
    }

    private void ensureWeek(Jdbi jdbi, LocalDate monday) {
        ensureTable(jdbi, "event", "w", monday, monday.plusDays(7));
        ensureTable(jdbi, "delivery_receipt", "w", monday, monday.plusDays(7));
    }

    private void ensureDay(Jdbi jdbi, LocalDate day) {
        ensureTable(jdbi, "matching_record", "d", day, day.plusDays(1));
    }

    private void ensureTable(Jdbi jdbi, String parent, String kind, LocalDate from, LocalDate to) {
        String name = parent + "_" + kind + from.format(SUFFIX);
        Instant now = clock.instant();
        if (settled.getOrDefault(name, Instant.MIN).isAfter(now)) {
            return;
        }
        try {
            jdbi.useTransaction(handle -> create(handle, name, parent, from, to));
            settled.put(name, Instant.MAX);
        } catch (JdbiException e) {
            LOG.warn("partition {} could not be made, its rows go into the default partition", name, e);
            settled.put(name, now.plus(RETRY_AFTER));
        }
    }

    private static void create(Handle handle, String name, String parent, LocalDate from, LocalDate to) {
        handle.execute("set local lock_timeout = '2s'");
        handle.execute("select pg_advisory_xact_lock(" + LOCK + ")");
        boolean exists = handle.createQuery("select to_regclass(:name) is not null")
                .bind("name", name)
                .mapTo(Boolean.class)
                .one();
        if (!exists) {
            // Attaching locks the parent less than creating a partition in place: reading and writing go on.
            handle.execute("create table " + name + " (like " + parent + " including all)");
            handle.execute("alter table " + parent + " attach partition " + name + " for values from ('" + from
                    + " 00:00:00+00') to ('" + to + " 00:00:00+00')");
        }
    }
}
