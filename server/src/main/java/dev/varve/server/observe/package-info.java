@org.jspecify.annotations.NullMarked
package dev.varve.server.observe;
