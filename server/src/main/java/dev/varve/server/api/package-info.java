/// The Partner API: authentication, validation, and one class per resource.
@org.jspecify.annotations.NullMarked
package dev.varve.server.api;
