package dev.varve.connectors.meta;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.connectors.mapping.Device;
import dev.varve.connectors.mapping.EventFacts;
import dev.varve.connectors.mapping.PayloadWriter;
import dev.varve.connectors.mapping.Properties.Names;
import dev.varve.connectors.mapping.Text;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TimeZone;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Meta's `app_data`: the tracking flags and the sixteen slots of `extinfo`, in the documented order.
record MetaAppData(Device device, List<String> extinfo, Extras extras) {
    private static final Names CAMPAIGNS = Names.of("campaign_ids");
    private static final Names INSTALL_REFERRER = Names.of("install_referrer");
    private static final Names INSTALL_SOURCE = Names.of("install_source", "installer_package");
    private static final Set<String> ZONES = ZoneId.getAvailableZoneIds();

    /// Short zone names are slow to find and few.
    private static final ConcurrentHashMap<String, String> ABBREVIATIONS = new ConcurrentHashMap<>();

    record Extras(
            @Nullable String campaignIds,
            @Nullable String installReferrer,
            @Nullable String installerPackage) {}

    static MetaAppData of(EventFacts facts, Device device) {
        JsonNode context = facts.context();
        boolean android = device.os() == Device.Os.ANDROID;
        String source = facts.properties().plainText(INSTALL_SOURCE);
        return new MetaAppData(
                device,
                slots(facts, device),
                new Extras(
                        facts.properties().plainText(CAMPAIGNS),
                        android ? facts.properties().plainText(INSTALL_REFERRER) : null,
                        source != null ? source : Text.shown(context.get("installSource"))));
    }

    void write(PayloadWriter json) throws IOException {
        json.object("app_data", () -> {
            json.number("advertiser_tracking_enabled", device.tracking().isAllowed() ? 1 : 0);
            json.number("application_tracking_enabled", device.tracking().adTrackingOff() ? 0 : 1);
            json.texts("extinfo", extinfo);
            json.text("campaign_ids", extras.campaignIds());
            json.text("install_referrer", extras.installReferrer());
            json.text("installer_package", extras.installerPackage());
        });
    }

    private static List<String> slots(EventFacts facts, Device device) {
        JsonNode context = facts.context();
        JsonNode hardware = context.path("device");
        String version = orEmpty(facts.contextText("appVersion", "app", "version"));
        String build = facts.contextText("buildNumber", "app", "build");
        String zone = orEmpty(facts.contextText("timezone", "device", "timezone"));
        String[] screen = screen(context);
        List<String> slots = new ArrayList<>(16);
        slots.add(device.os() == Device.Os.ANDROID ? "a2" : "i2");
        slots.add(orEmpty(packageName(facts, device)));
        slots.add(build != null ? build : version);
        slots.add(version);
        slots.add(orEmpty(device.osVersion()));
        slots.add(orEmpty(facts.contextText("deviceModel", "device", "model")));
        slots.add(orEmpty(Text.shown(context.get("locale"))).replace('-', '_'));
        slots.add(abbreviation(zone, facts.eventTime(), Text.shown(context.get("timezoneAbbreviation"))));
        slots.add(orEmpty(Text.shown(context.path("network").get("carrier"))));
        slots.add(screen[0]);
        slots.add(screen[1]);
        slots.add(orEmpty(Text.shown(context.path("screen").get("density"))));
        slots.add(orEmpty(Text.shown(hardware.get("cpuCores"))));
        slots.add(orEmpty(Text.shown(hardware.get("storageSizeGb"))));
        slots.add(orEmpty(Text.shown(hardware.get("freeStorageGb"))));
        slots.add(zone);
        return slots;
    }

    private static @Nullable String packageName(EventFacts facts, Device device) {
        String own = device.os() == Device.Os.ANDROID
                ? facts.app().store().androidPackage()
                : facts.app().store().bundleId();
        String stated = Text.shown(facts.context().path("app").get("namespace"));
        return own != null ? own : stated;
    }

    private static String[] screen(JsonNode context) {
        String size = Text.shown(context.get("screenSize"));
        String[] sides =
                size == null ? new String[0] : size.toLowerCase(Locale.ROOT).split("x");
        if (sides.length == 2) {
            return new String[] {sides[0].strip(), sides[1].strip()};
        }
        JsonNode screen = context.path("screen");
        return new String[] {orEmpty(Text.shown(screen.get("width"))), orEmpty(Text.shown(screen.get("height")))};
    }

    private static String abbreviation(String zone, Instant at, @Nullable String given) {
        if (given != null) {
            return given;
        }
        if (!ZONES.contains(zone)) {
            return "";
        }
        boolean summer = ZoneId.of(zone).getRules().isDaylightSavings(at);
        return ABBREVIATIONS.computeIfAbsent(summer ? zone + "+" : zone, _ -> TimeZone.getTimeZone(zone)
                .getDisplayName(summer, TimeZone.SHORT, Locale.US));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
