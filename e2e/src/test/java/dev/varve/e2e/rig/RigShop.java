package dev.varve.e2e.rig;

import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.tenant.IngestApp;
import dev.varve.tenant.Mode;
import dev.varve.tenant.SdkPlatform;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/// A project with one web app and pixels of its own on both platforms.
public record RigShop(UUID projectId, String appId, String suffix, Mode mode) {
    static RigShop open(Mode mode) {
        int number = ThreadLocalRandom.current().nextInt(100_000_000, 1_000_000_000);
        return new RigShop(UUID.randomUUID(), "app_rig" + number, Integer.toString(number), mode);
    }

    public String pixel(Platform platform) {
        return switch (platform) {
            case META -> "900100" + suffix;
            case TIKTOK -> "CVARVE0RIG" + suffix;
        };
    }

    public Destination.Key key(Platform platform) {
        return new Destination.Key(projectId, platform);
    }

    IngestApp app() {
        return new IngestApp(
                appId,
                projectId,
                SdkPlatform.WEB,
                new IngestApp.AppKeyPolicy(new byte[32], false),
                new IngestApp.AppStoreIdentity("Shop", null, null, "shop.example.com", null),
                Map.of(),
                Map.of());
    }
}
