package dev.varve.sandbox;

import dev.varve.sandbox.sim.Bounds;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Predicate;

/// How a sandbox behaves. `controlRoutes`: whether `/__sim/…` exists (for tests and loopback only). `knownPixels`:
/// which pixel ids exist; by default all that do not start with `unknown`. `acceptedTokens`: tokens that work
/// beside the magic ones.
public record SandboxOptions(
        boolean controlRoutes,
        InstantSource clock,
        Predicate<String> knownPixels,
        Set<String> acceptedTokens,
        Bounds bounds) {
    /// Control routes off, system clock: as the product runs it.
    public static final SandboxOptions PRODUCT = new SandboxOptions(
            false, InstantSource.system(), id -> !id.startsWith("unknown"), Set.of(), Bounds.DEFAULT);

    /// Control routes on: for tests.
    public static final SandboxOptions CONTROLLED =
            new SandboxOptions(true, PRODUCT.clock, PRODUCT.knownPixels, PRODUCT.acceptedTokens, PRODUCT.bounds);

    public SandboxOptions {
        acceptedTokens = Set.copyOf(acceptedTokens);
    }

    public SandboxOptions withClock(InstantSource other) {
        return new SandboxOptions(controlRoutes, other, knownPixels, acceptedTokens, bounds);
    }

    public SandboxOptions withKnownPixels(Predicate<String> other) {
        return new SandboxOptions(controlRoutes, clock, other, acceptedTokens, bounds);
    }

    public SandboxOptions withAcceptedTokens(Set<String> other) {
        return new SandboxOptions(controlRoutes, clock, knownPixels, other, bounds);
    }

    public SandboxOptions withBounds(Bounds other) {
        return new SandboxOptions(controlRoutes, clock, knownPixels, acceptedTokens, other);
    }

    @Override
    public String toString() {
        return "SandboxOptions[controlRoutes=" + controlRoutes + ", bounds=" + bounds + "]";
    }
}
