@org.jspecify.annotations.NullMarked
package dev.varve.postback;
