package dev.varve.server.api;

import dev.varve.tenant.IngestApp.AppStoreIdentity;
import dev.varve.tenant.SdkPlatform;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Reads what names an app, by the rules of its platform.
final class SdkAppFields {
    private static final Fields.Text NAME = Fields.Text.length(1, 128);
    private static final Fields.Text NEEDED = Fields.Text.length(1, 255);
    private static final Fields.Text OPTIONAL = Fields.Text.length(0, 255);
    private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    private static final Pattern HOST = Pattern.compile("(?=.{1,253}$)" + LABEL + "(\\." + LABEL + ")*");
    private static final Fields.Text DOMAIN =
            new Fields.Text(text -> HOST.matcher(text).matches(), "not a host name");
    private static final Fields.Text STORE_ID =
            new Fields.Text(text -> text.matches("[0-9]{1,12}"), "must be 1 to 12 digits");
    private static final Fields.Text APP_ID =
            new Fields.Text(text -> text.matches("app_[0-9a-f]{24}"), "must be app_ and 24 lower-case hex digits");
    static final Fields.Text PLATFORM = Fields.Text.oneOf(
            Arrays.stream(SdkPlatform.values()).map(SdkPlatform::wireName).collect(Collectors.toSet()));
    private static final Set<SdkPlatform> CROSS =
            Set.of(SdkPlatform.REACT_NATIVE, SdkPlatform.FLUTTER, SdkPlatform.EXPO);

    private SdkAppFields() {}

    static final AppStoreIdentity BLANK = new AppStoreIdentity("", null, null, null, null);

    static Optional<SdkPlatform> platform(Fields fields) {
        return SdkPlatform.parse(fields.text("platform", "", PLATFORM));
    }

    static Optional<String> appId(Fields fields) {
        return fields.has("appId") ? Optional.of(fields.text("appId", "", APP_ID)) : Optional.empty();
    }

    static void requireIdentity(Fields fields, SdkPlatform platform) {
        if (platform == SdkPlatform.IOS) {
            fields.require("bundleId");
        }
        if (platform == SdkPlatform.ANDROID) {
            fields.require("androidPackage");
        }
        if (platform.isWeb()) {
            fields.require("webDomain");
        }
    }

    /// Without a platform nothing is refused for not applying to it.
    static AppStoreIdentity identity(Fields fields, Optional<SdkPlatform> platform, AppStoreIdentity before) {
        platform.ifPresent(known -> refuseForeign(fields, known));
        Fields.Text store = platform.filter(SdkAppFields::isStoreNameNeeded).isPresent() ? NEEDED : OPTIONAL;
        return new AppStoreIdentity(
                fields.text("name", before.name(), NAME),
                storeName(fields, "bundleId", store, before.bundleId()),
                storeName(fields, "androidPackage", store, before.androidPackage()),
                fields.has("webDomain") ? fields.text("webDomain", "", DOMAIN) : before.webDomain(),
                fields.textOrNull("appStoreId", before.appStoreId(), STORE_ID));
    }

    /// An empty name is none.
    private static @Nullable String storeName(Fields fields, String name, Fields.Text rule, @Nullable String before) {
        if (!fields.has(name)) {
            return before;
        }
        String given = fields.text(name, "", rule);
        return given.isEmpty() ? null : given;
    }

    private static boolean isStoreNameNeeded(SdkPlatform platform) {
        return platform == SdkPlatform.IOS || platform == SdkPlatform.ANDROID;
    }

    private static void refuseForeign(Fields fields, SdkPlatform platform) {
        boolean cross = CROSS.contains(platform);
        if (!cross && platform != SdkPlatform.IOS) {
            refuse(fields, platform, "bundleId");
        }
        if (!cross && platform != SdkPlatform.IOS && !fields.isNull("appStoreId")) {
            refuse(fields, platform, "appStoreId");
        }
        if (!cross && platform != SdkPlatform.ANDROID) {
            refuse(fields, platform, "androidPackage");
        }
        if (!platform.isWeb()) {
            refuse(fields, platform, "webDomain");
        }
    }

    private static void refuse(Fields fields, SdkPlatform platform, String... names) {
        fields.refuse("does not apply to platform " + platform.wireName(), names);
    }
}
