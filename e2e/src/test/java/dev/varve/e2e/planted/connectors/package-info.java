@org.jspecify.annotations.NullMarked
package dev.varve.e2e.planted.connectors;
