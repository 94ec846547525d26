package dev.varve.tenant;

import dev.varve.event.Platform;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What ingest and relay need to know of an SDK app, in one immutable value that is cached.
///
/// `appKeySha256`: of the current app key (`ak_…`). `toggles`: CAPI switches set by PATCH; never set counts as on.
/// `defaultCountries`: ISO alpha-2 per platform from the layers, for phone numbers without country code.
public record IngestApp(
        String appId,
        UUID projectId,
        SdkPlatform platform,
        AppKeyPolicy keyPolicy,
        AppStoreIdentity store,
        Map<Platform, Boolean> toggles,
        Map<Platform, String> defaultCountries,
        RemoteConfig remoteConfig) {
    public IngestApp {
        toggles = Map.copyOf(toggles);
        defaultCountries = Map.copyOf(defaultCountries);
    }

    /// With the default SDK configuration.
    public IngestApp(
            String appId,
            UUID projectId,
            SdkPlatform platform,
            AppKeyPolicy keyPolicy,
            AppStoreIdentity store,
            Map<Platform, Boolean> toggles,
            Map<Platform, String> defaultCountries) {
        this(appId, projectId, platform, keyPolicy, store, toggles, defaultCountries, RemoteConfig.DEFAULT);
    }

    public record AppKeyPolicy(byte[] appKeySha256, boolean required) {}

    /// How stores and browsers name the app.
    public record AppStoreIdentity(
            String name,
            @Nullable String bundleId,
            @Nullable String androidPackage,
            @Nullable String webDomain,
            @Nullable String appStoreId) {}
}
