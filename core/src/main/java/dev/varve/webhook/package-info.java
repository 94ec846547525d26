/// Where customers want notices of what happens, and which there are.
@org.jspecify.annotations.NullMarked
package dev.varve.webhook;
