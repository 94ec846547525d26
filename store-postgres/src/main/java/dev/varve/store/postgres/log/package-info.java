/// The event log in PostgreSQL: group commit by binary COPY, one stream per process, leases, partitions, retention.
@org.jspecify.annotations.NullMarked
package dev.varve.store.postgres.log;
