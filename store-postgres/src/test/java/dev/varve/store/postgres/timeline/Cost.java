package dev.varve.store.postgres.timeline;

import org.jdbi.v3.core.Jdbi;

/// Rows of events that anybody read so far, and how often an index was entered for them.
record Cost(long rows, long scans) {
    static Cost now(Jdbi jdbi) {
        jdbi.useHandle(handle -> handle.execute("select pg_stat_force_next_flush()"));
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select sum(seq_tup_read + idx_tup_fetch) as rows, sum(seq_scan + idx_scan) as scans
                        from pg_stat_user_tables where relname like 'event%'""")
                .map((row, context) -> new Cost(row.getLong("rows"), row.getLong("scans")))
                .one());
    }

    Cost minus(Cost before) {
        return new Cost(rows - before.rows, scans - before.scans);
    }
}
