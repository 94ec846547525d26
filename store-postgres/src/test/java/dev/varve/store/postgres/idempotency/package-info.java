@org.jspecify.annotations.NullMarked
package dev.varve.store.postgres.idempotency;
