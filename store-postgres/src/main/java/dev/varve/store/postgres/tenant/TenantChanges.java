package dev.varve.store.postgres.tenant;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/// Tells copies in memory which projects changed, whoever changed them, and so that all others hold.
///
/// `poll`, to be called every few tenths of a second, asks for the rows of `tenant_change` that its snapshot sees and
/// the snapshot of the poll before did not. However late a transaction commits, its rows are in exactly one of them.
///
/// A copy that a poll left in place holds as of that poll's start. For a change X that was committed by then is in the
/// poll's snapshot; let M be the first poll that saw X. If the copy's statement saw X as well, nothing is
/// missing. If it did not, it was begun before M's statement, so it was known as a copy or a reading under
/// way when M had it forgotten, and is not in place any more. M always exists among the polls that report, as
/// those copies that were read before the series' first poll ended are not counted in. After a poll that
/// failed, or none for a minute, a new series begins: the database may be another one by then, or rows may
/// have been pruned. Thread-safe.
public final class TenantChanges {
    /// Far below the hour that rows are kept for.
    private static final long LONGEST_PAUSE = TimeUnit.MINUTES.toNanos(1);

    /// A row for the snapshot, and one for every project that changed. The index finds where to start.
    private static final String SELECT = """
            select s.snapshot, c.project_id, c.is_all
            from (select pg_current_snapshot()::text as snapshot) s left join lateral (
                select coalesce(t.project_id, p.id) as project_id,
                    t.project_id is null and t.organization_id is null as is_all
                from tenant_change t left join project p on p.organization_id = t.organization_id
                where t.changed >= pg_snapshot_xmin(cast(:since as pg_snapshot))
                    and not pg_visible_in_snapshot(t.changed, cast(:since as pg_snapshot))) c on true""";

    private final Jdbi jdbi;
    private final LongSupplier nanoTime;
    private final List<Copies> told = new CopyOnWriteArrayList<>();
    private volatile @Nullable Series series;
    private boolean isBroken;

    public TenantChanges(Jdbi jdbi) {
        this(jdbi, System::nanoTime);
    }

    TenantChanges(Jdbi jdbi, LongSupplier nanoTime) {
        this.jdbi = jdbi;
        this.nanoTime = nanoTime;
    }

    /// Copies of what belongs to projects. A reading under way has to count as a copy.
    interface Copies {
        /// Forgets those of these projects, and those of which it is not known.
        void forget(Predicate<UUID> projects);

        /// Called after every poll, for what has to be done now and then.
        void tidy();
    }

    /// Polls that followed each other. `begunAt`: when the first had its answer. `heldAt`: when the last one started.
    private record Series(String snapshot, long begunAt, long heldAt) {}

    private record Seen(String snapshot, @Nullable UUID project, boolean isAll) {}

    /// From the next poll on.
    void tell(Copies copies) {
        told.add(copies);
    }

    LongSupplier nanoTime() {
        return nanoTime;
    }

    /// The last moment as of which a copy is known to hold. `readAt`: before its statement began.
    long heldAt(long readAt) {
        Series now = series;
        return now == null || readAt - now.begunAt < 0 || now.heldAt - readAt < 0 ? readAt : now.heldAt;
    }

    /// One statement. What changed is forgotten before the rest is said to hold.
    public synchronized void poll() {
        long startedAt = nanoTime.getAsLong();
        Series before = goesOn(startedAt) ? series : null;
        isBroken = true;
        List<Seen> seen = read(before == null ? null : before.snapshot);
        tell(seen);
        long begunAt = before == null ? nanoTime.getAsLong() : before.begunAt;
        series = new Series(seen.getFirst().snapshot, begunAt, startedAt);
        isBroken = false;
        told.forEach(Copies::tidy);
    }

    private boolean goesOn(long startedAt) {
        Series last = series;
        return last != null && !isBroken && startedAt - last.heldAt < LONGEST_PAUSE;
    }

    private List<Seen> read(@Nullable String since) {
        return jdbi.withHandle(handle -> handle.createQuery(SELECT)
                .bindByType("since", since, String.class)
                .map((row, context) -> new Seen(
                        row.getString("snapshot"), Columns.idOrNull(row, "project_id"), row.getBoolean("is_all")))
                .list());
    }

    private void tell(List<Seen> seen) {
        Set<UUID> projects = new HashSet<>();
        seen.stream().map(Seen::project).filter(project -> project != null).forEach(projects::add);
        if (seen.stream().anyMatch(Seen::isAll)) {
            told.forEach(copies -> copies.forget(_ -> true));
        } else if (!projects.isEmpty()) {
            told.forEach(copies -> copies.forget(projects::contains));
        }
    }
}
