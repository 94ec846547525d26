package dev.varve.server.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.tenant.ProjectProfile;
import java.time.ZoneId;
import java.util.IllformedLocaleException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads a project's profile from a body, over what it was before.
final class ProjectFields {
    private static final Pattern EMAIL = Pattern.compile("[^\\s@]{1,64}@[^\\s@]{1,180}\\.[^\\s@.]{2,60}");
    private static final Fields.Text NAME = Fields.Text.length(1, 128);
    private static final Fields.Text STORE_NAME = Fields.Text.length(0, 255);
    private static final Fields.Text TIMEZONE = new Fields.Text(ProjectFields::isTimezone, "not an IANA time zone");
    /// Links of the IANA database that Java leaves out.
    private static final Set<String> MORE_ZONES = Set.of("EST", "MST", "HST", "ROC");
    private static final Fields.Text LANGUAGE = new Fields.Text(ProjectFields::isLanguage, "not a BCP 47 language tag");
    static final Fields.Text EMAIL_TEXT =
            new Fields.Text(text -> EMAIL.matcher(text).matches(), "not an e-mail address");
    private static final Fields.Text VOICE =
            Fields.Text.oneOf(Set.of("authentic", "witty", "professional", "warm", "casual", "educational"));
    private static final Fields.Text GENDER = Fields.Text.oneOf(Set.of("all", "female", "male"));
    private static final int METADATA_BYTES = 8 << 10;

    private ProjectFields() {}

    static ProjectProfile read(Fields fields, ProjectProfile before) {
        return new ProjectProfile(
                fields.text("name", before.name(), NAME),
                fields.text("timezone", before.timezone(), TIMEZONE),
                fields.text("primaryLanguage", before.primaryLanguage(), LANGUAGE),
                fields.textOrNull("customerExternalId", before.customerExternalId(), NAME),
                ownerEmail(fields, before.ownerEmail()),
                brand(fields, before.brand()),
                stores(fields, before.stores()),
                metadata(fields, before.metadata()));
    }

    /// One that was set can be changed, not taken away.
    private static @Nullable String ownerEmail(Fields fields, @Nullable String before) {
        return fields.has("ownerEmail") ? fields.text("ownerEmail", "", EMAIL_TEXT) : before;
    }

    private static ProjectProfile.Brand brand(Fields fields, ProjectProfile.Brand before) {
        return new ProjectProfile.Brand(
                fields.textOrNull("appName", before.appName(), Fields.Text.length(3, 30)),
                fields.textOrNull("appDescription", before.appDescription(), Fields.Text.length(100, 1000)),
                fields.textOrNull("tagline", before.tagline(), Fields.Text.length(0, 80)),
                fields.textOrNull("brandVoice", before.brandVoice(), VOICE),
                fields.text("targetGender", before.targetGender(), GENDER));
    }

    private static ProjectProfile.StoreNames stores(Fields fields, ProjectProfile.StoreNames before) {
        return new ProjectProfile.StoreNames(
                fields.textOrNull("platformIosBundleId", before.iosBundleId(), STORE_NAME),
                fields.textOrNull("platformAndroidBundleId", before.androidBundleId(), STORE_NAME),
                fields.textOrNull("platformWebDomain", before.webDomain(), STORE_NAME));
    }

    /// The member `partner` is ours and ignored on input.
    private static @Nullable ObjectNode metadata(Fields fields, @Nullable ObjectNode before) {
        if (!fields.has("metadata")) {
            return before;
        }
        fields.dropWithin("metadata", "partner");
        return fields.anythingOrNull("metadata", METADATA_BYTES).orElse(null);
    }

    /// Java has zones of its own, `SystemV/...`.
    private static boolean isTimezone(String name) {
        return MORE_ZONES.contains(name) || ZoneId.getAvailableZoneIds().contains(name) && !name.startsWith("SystemV/");
    }

    private static boolean isLanguage(String tag) {
        try {
            Locale _ = new Locale.Builder().setLanguageTag(tag).build();
            return !tag.isEmpty();
        } catch (IllformedLocaleException e) {
            return false;
        }
    }
}
