/// The command `conformance`: neutral cases through the real collect path and the real mapping.
@org.jspecify.annotations.NullMarked
package dev.varve.server.conformance;
