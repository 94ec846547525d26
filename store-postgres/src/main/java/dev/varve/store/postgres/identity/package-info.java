/// What is known of people and installs, in PostgreSQL.
@org.jspecify.annotations.NullMarked
package dev.varve.store.postgres.identity;
