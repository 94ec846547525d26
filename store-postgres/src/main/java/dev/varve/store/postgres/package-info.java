/// The installation's PostgreSQL: the embedded server, connections, and the schema's migrations.
@org.jspecify.annotations.NullMarked
package dev.varve.store.postgres;
