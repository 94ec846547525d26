/// Guarantees of the packaged product, one file each. Everything here talks to real processes over real HTTP.
@org.jspecify.annotations.NullMarked
package dev.varve.e2e;
