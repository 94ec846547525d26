/// Dead letters in PostgreSQL, their replay, and the jobs that watch it.
@org.jspecify.annotations.NullMarked
package dev.varve.store.postgres.replay;
