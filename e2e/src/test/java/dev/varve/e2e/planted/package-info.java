/// A small copy of the package tree in which every architecture rule is broken once, to prove that each rule can fail.
@org.jspecify.annotations.NullMarked
package dev.varve.e2e.planted;
