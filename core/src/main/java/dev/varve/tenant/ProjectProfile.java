package dev.varve.tenant;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/// What a customer can set on a project. `timezone` is an IANA name, `primaryLanguage` BCP 47. `metadata` is the
/// customer's own; do not change it.
public record ProjectProfile(
        String name,
        String timezone,
        String primaryLanguage,
        @Nullable String customerExternalId,
        @Nullable String ownerEmail,
        Brand brand,
        StoreNames stores,
        @Nullable ObjectNode metadata) {

    public record Brand(
            @Nullable String appName,
            @Nullable String appDescription,
            @Nullable String tagline,
            @Nullable String brandVoice,
            String targetGender) {
        public static final Brand EMPTY = new Brand(null, null, null, null, "all");
    }

    public record StoreNames(
            @Nullable String iosBundleId,
            @Nullable String androidBundleId,
            @Nullable String webDomain) {
        public static final StoreNames NONE = new StoreNames(null, null, null);
    }

    /// A profile with the contract's defaults.
    public static ProjectProfile named(String name, String timezone) {
        return new ProjectProfile(name, timezone, "en", null, null, Brand.EMPTY, StoreNames.NONE, null);
    }

    /// Never prints the owner's e-mail address.
    @Override
    public String toString() {
        return "ProjectProfile[" + name + "]";
    }
}
