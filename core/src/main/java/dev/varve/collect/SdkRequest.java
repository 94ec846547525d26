package dev.varve.collect;

import dev.varve.event.RequestOrigin;
import org.jspecify.annotations.Nullable;

/// A `POST /events` of an SDK. `body`: JSON, already unzipped and at most 10 MiB. `probe`: carries the internal
/// credential of verify-tracking, so its events are synthetic and need no app key.
public record SdkRequest(
        @Nullable String appId,
        @Nullable String appKey,
        boolean probe,
        @Nullable String sdkVersion,
        @Nullable String environment,
        RequestOrigin origin,
        byte[] body) {}
