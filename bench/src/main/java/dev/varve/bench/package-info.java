/// Measures the packaged product from outside: real processes, loopback, one printed table.
@org.jspecify.annotations.NullMarked
package dev.varve.bench;
