package dev.varve.collect;

import dev.varve.identity.ConsentRecord;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A body of `POST /consent` as read; ids as given, null when absent or empty.
record ConsentBody(
        @Nullable String appId,
        @Nullable String userId,
        @Nullable String installId,
        ConsentRecord said,
        @Nullable Instant timestamp) {}
