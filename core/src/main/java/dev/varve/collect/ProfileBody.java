package dev.varve.collect;

import dev.varve.identity.MatchInputs;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A body of `POST /users/properties` as read. `userId`: as given, null when absent. `properties`: a JSON object,
/// storable and free of personal data, null when absent. `match`: the raw values behind it, in memory only.
record ProfileBody(
        @Nullable String appId,
        @Nullable String userId,
        byte @Nullable [] properties,
        MatchInputs match,
        @Nullable Instant timestamp,
        boolean once) {}
