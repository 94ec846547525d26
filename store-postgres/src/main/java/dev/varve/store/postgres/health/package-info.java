/// Checks of tokens and polls of the platforms' counts, shared between processes.
@org.jspecify.annotations.NullMarked
package dev.varve.store.postgres.health;
