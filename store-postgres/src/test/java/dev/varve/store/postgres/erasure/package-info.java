@org.jspecify.annotations.NullMarked
package dev.varve.store.postgres.erasure;
