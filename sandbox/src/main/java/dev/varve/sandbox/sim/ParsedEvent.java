package dev.varve.sandbox.sim;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// An event that passed a platform's checks. `matchKeys`: what stands in for a missing id in dedup against browser
/// events, such as `fbp:…`. `ignoredKeys`: keys that the platform would take silently and not understand.
@SuppressWarnings("ArrayRecordComponent")
public record ParsedEvent(
        String name, @Nullable String id, List<String> matchKeys, List<String> ignoredKeys, byte[] payload) {}
