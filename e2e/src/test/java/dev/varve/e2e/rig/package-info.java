/// The relay's real parts in the JVM of a test, on a clock that only the test moves.
@org.jspecify.annotations.NullMarked
package dev.varve.e2e.rig;
