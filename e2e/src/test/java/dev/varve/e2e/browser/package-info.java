/// A real browser for tests of the served pages: Chromium without a window, driven by the DevTools protocol.
@org.jspecify.annotations.NullMarked
package dev.varve.e2e.browser;
