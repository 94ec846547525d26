package dev.varve.tenant;

import dev.varve.event.Platform;

/// Where a platform is reached: scheme, host and port, without a trailing slash. Test-mode projects never get a
/// live one.
@FunctionalInterface
public interface PlatformEndpoints {
    String baseUrl(Platform platform, Mode mode);
}
