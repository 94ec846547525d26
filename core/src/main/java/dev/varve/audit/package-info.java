/// Who did what, and what was sent where.
@org.jspecify.annotations.NullMarked
package dev.varve.audit;
