package dev.varve.tenant;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/// One build of an app; belongs to one project for ever. Its key is stored apart.
public record SdkApp(
        String appId,
        UUID projectId,
        SdkPlatform platform,
        IngestApp.AppStoreIdentity store,
        Settings settings,
        Times times) {

    /// `capi`: switches by short platform name (`meta`, `tiktok`, `apple`), only those set by PATCH.
    /// `remoteConfig`: laid over the default SDK configuration; do not change it.
    public record Settings(boolean requireIngestKey, Map<String, Boolean> capi, ObjectNode remoteConfig) {
        public Settings {
            capi = Map.copyOf(capi);
        }
    }

    public record Times(Instant createdAt, Instant lastRotatedAt) {}

    public SdkApp rotatedAt(Instant at) {
        return new SdkApp(appId, projectId, platform, store, settings, new Times(times.createdAt(), at));
    }

    /// The app with other settings of its own.
    public SdkApp with(IngestApp.AppStoreIdentity nextStore, Settings nextSettings) {
        return new SdkApp(appId, projectId, platform, nextStore, nextSettings, times);
    }
}
