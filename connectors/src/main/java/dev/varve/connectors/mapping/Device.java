package dev.varve.connectors.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The device behind an event: its system, its advertising ids and what the user allowed them for.
///
/// `idfa` is there only when tracking is authorized; all ids are in the case the platforms ask for.
public record Device(Os os, @Nullable String osVersion, AdIds adIds, Tracking tracking) {
    private static final int FIRST_IOS_WITH_PROMPT = 14;

    public enum Os {
        IOS,
        ANDROID,
        OTHER
    }

    public record AdIds(
            @Nullable String idfa,
            @Nullable String gaid,
            @Nullable String idfv) {}

    /// Apple's tracking states; `NOT_APPLICABLE` where no prompt exists (Android, iOS below 14).
    public enum AttStatus {
        AUTHORIZED,
        DENIED,
        NOT_DETERMINED,
        RESTRICTED,
        NOT_APPLICABLE
    }

    /// `adTrackingOff`: the device's own ad-id setting says no.
    public record Tracking(AttStatus att, boolean adTrackingOff) {
        public boolean isAllowed() {
            return switch (att) {
                case AUTHORIZED -> true;
                case NOT_APPLICABLE -> !adTrackingOff;
                case DENIED, NOT_DETERMINED, RESTRICTED -> false;
            };
        }
    }

    public static Device of(EventFacts facts) {
        String osVersion = withoutLeadingLetters(facts.contextText("osVersion", "os", "version"));
        String advertisingId = Text.shown(facts.context().path("device").get("advertisingId"));
        Os os = os(facts);
        Tracking tracking = tracking(facts, os, osVersion);
        String idfa = usable(facts.matchText("idfa"), os == Os.IOS ? advertisingId : null);
        String gaid = usable(facts.matchText("gaid"), os == Os.ANDROID ? advertisingId : null);
        String idfv = usable(facts.matchText("idfv"), null);
        AdIds ids = new AdIds(
                idfa == null || tracking.att() != AttStatus.AUTHORIZED ? null : idfa.toUpperCase(Locale.ROOT),
                gaid == null ? null : gaid.toLowerCase(Locale.ROOT),
                idfv == null ? null : idfv.toUpperCase(Locale.ROOT));
        return new Device(os, osVersion, ids, tracking);
    }

    private static Os os(EventFacts facts) {
        return switch (facts.senderPlatform()) {
            case "ios" -> Os.IOS;
            case "android" -> Os.ANDROID;
            case "macos" -> Os.OTHER;
            default -> guessedOs(facts);
        };
    }

    private static Os guessedOs(EventFacts facts) {
        String hints = (hint(facts.contextText("osName", "os", "name"))
                        + hint(Text.shown(facts.context().get("osVersion")))
                        + hint(facts.contextText("deviceModel", "device", "model")))
                .toLowerCase(Locale.ROOT);
        if (hints.contains("ios") || hints.contains("iphone") || hints.contains("ipad")) {
            return Os.IOS;
        }
        if (hints.contains("android") || facts.matchText("gaid") != null) {
            return Os.ANDROID;
        }
        if (facts.matchText("idfa") != null || facts.matchText("idfv") != null) {
            return Os.IOS;
        }
        return switch (facts.app().platform()) {
            case IOS -> Os.IOS;
            case ANDROID -> Os.ANDROID;
            case WEB, REACT_NATIVE, FLUTTER, EXPO, NEXTJS, VITE, REACT_ROUTER -> Os.OTHER;
        };
    }

    private static String hint(@Nullable String text) {
        return text == null ? "" : text + " ";
    }

    private static Tracking tracking(EventFacts facts, Os os, @Nullable String osVersion) {
        String given = facts.matchText("att_status");
        String stated = given != null ? given : Text.shown(facts.context().get("attStatus"));
        JsonNode setting = facts.context().path("device").path("adTrackingEnabled");
        return new Tracking(att(stated, setting, os, osVersion), setting.isBoolean() && !setting.booleanValue());
    }

    private static AttStatus att(@Nullable String stated, JsonNode setting, Os os, @Nullable String osVersion) {
        if (os == Os.ANDROID) {
            return AttStatus.NOT_APPLICABLE;
        }
        AttStatus read =
                stated == null ? null : attOf(stated.toLowerCase(Locale.ROOT).replace("_", ""));
        if (read != null) {
            return read;
        }
        if (setting.isBoolean() && stated == null) {
            return setting.booleanValue() ? AttStatus.AUTHORIZED : AttStatus.DENIED;
        }
        return os == Os.IOS && majorOf(osVersion) < FIRST_IOS_WITH_PROMPT
                ? AttStatus.NOT_APPLICABLE
                : AttStatus.NOT_DETERMINED;
    }

    private static @Nullable AttStatus attOf(String plain) {
        return switch (plain) {
            case "authorized" -> AttStatus.AUTHORIZED;
            case "denied" -> AttStatus.DENIED;
            case "restricted" -> AttStatus.RESTRICTED;
            case "notdetermined" -> AttStatus.NOT_DETERMINED;
            case "notapplicable" -> AttStatus.NOT_APPLICABLE;
            default -> null;
        };
    }

    /// An unknown version counts as a new one.
    private static int majorOf(@Nullable String version) {
        if (version == null) {
            return Integer.MAX_VALUE;
        }
        String major = version.split("\\.", 2)[0];
        return Text.isDigits(major) && major.length() <= 4 ? Integer.parseInt(major) : Integer.MAX_VALUE;
    }

    private static @Nullable String withoutLeadingLetters(@Nullable String version) {
        if (version == null) {
            return null;
        }
        int start = 0;
        while (start < version.length() && !Character.isDigit(version.charAt(start))) {
            start++;
        }
        return start == version.length() ? null : version.substring(start);
    }

    /// The first id that is neither blank, nor redacted, nor all zeros.
    private static @Nullable String usable(@Nullable String first, @Nullable String second) {
        String id = first != null ? first : second;
        boolean empty = id == null || PersonalData.isReplaced(id) || id.chars().allMatch(c -> c == '0' || c == '-');
        return empty ? null : id;
    }
}
