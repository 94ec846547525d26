/// The audit trail in PostgreSQL.
@org.jspecify.annotations.NullMarked
package dev.varve.store.postgres.audit;
