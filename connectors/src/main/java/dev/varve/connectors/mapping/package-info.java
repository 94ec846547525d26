@org.jspecify.annotations.NullMarked
package dev.varve.connectors.mapping;
