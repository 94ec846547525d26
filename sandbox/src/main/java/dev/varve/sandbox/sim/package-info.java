@org.jspecify.annotations.NullMarked
package dev.varve.sandbox.sim;
