/// Webhook endpoints in PostgreSQL.
@org.jspecify.annotations.NullMarked
package dev.varve.store.postgres.webhook;
