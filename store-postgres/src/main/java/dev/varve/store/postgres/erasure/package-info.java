/// Erasing what is stored of one person or install.
@org.jspecify.annotations.NullMarked
package dev.varve.store.postgres.erasure;
