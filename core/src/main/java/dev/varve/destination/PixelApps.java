package dev.varve.destination;

import dev.varve.event.Platform;
import java.util.Set;

/// Which SDK apps report to a pixel, over all projects. Answers come from memory and may be half a minute old.
@FunctionalInterface
public interface PixelApps {
    Set<String> reportingTo(Platform platform, String pixelId);
}
