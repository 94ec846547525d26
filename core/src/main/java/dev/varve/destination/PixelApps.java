package dev.varve.destination;

import dev.varve.event.Platform;
import dev.varve.tenant.Mode;
import java.util.Set;

/// Which SDK apps report to a pixel, over all projects of a mode. Answers come from memory and may be half a minute
/// old.
@FunctionalInterface
public interface PixelApps {
    Set<String> reportingTo(Mode mode, Platform platform, String pixelId);
}
