package dev.varve.connectors.tiktok;

import dev.varve.connectors.mapping.Device;
import dev.varve.connectors.mapping.EventFacts;
import dev.varve.connectors.mapping.PageAddresses;
import dev.varve.connectors.mapping.PayloadWriter;
import dev.varve.connectors.mapping.PublicAddress;
import dev.varve.connectors.mapping.Text;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The members of TikTok's `user`; which ones exist depends on the source. TikTok documents the browser's and the
/// request's ids for `web` only, yet every relay sends them with offline events, where they can do no harm.
final class TikTokUser {
    private static final Set<String> IDENTIFYING =
            Set.of("email", "phone", "external_id", "ttclid", "ttp", "idfa", "gaid", "idfv");

    private final List<Hashed> hashed = new ArrayList<>(6);
    private final List<Plain> plain = new ArrayList<>(8);
    private boolean isSufficient;

    private record Hashed(String key, List<String> values) {}

    private record Plain(String key, String value) {}

    static TikTokUser of(EventFacts facts, TikTokSource source, Device device, PageAddresses addresses) {
        TikTokUser user = new TikTokUser();
        TikTokMatch match = TikTokMatch.of(facts);
        user.addHashes(match, source);
        switch (source) {
            case WEB, OFFLINE -> {
                user.put("ttclid", match.ttclid(addresses));
                user.put("ttp", match.ttp());
                user.addRequest(facts);
            }
            case APP -> {
                user.addRequest(facts);
                user.addDevice(device);
            }
            case CRM -> user.isSufficient |= facts.matchText("lead_id") != null;
        }
        user.put("locale", locale(facts, match));
        user.put("country", country(facts, match));
        return user;
    }

    /// Can TikTok recognise anybody by it?
    boolean isSufficient() {
        return isSufficient;
    }

    void write(PayloadWriter json) throws IOException {
        json.object("user", () -> {
            for (Hashed member : hashed) {
                json.texts(member.key(), member.values());
            }
            for (Plain member : plain) {
                json.text(member.key(), member.value());
            }
        });
    }

    private void addHashes(TikTokMatch match, TikTokSource source) {
        put("email", match.hashes("em", "em"));
        put("phone", match.hashes("tt_phone", "ph"));
        if (source != TikTokSource.APP) {
            put("external_id", match.hashes("tt_external_id", "external_id"));
        }
        put("first_name", match.hashes("tt_fn", "fn"));
        put("last_name", match.hashes("tt_ln", "ln"));
        put("zip_code", match.hashes("tt_zp", "zp"));
    }

    private void addRequest(EventFacts facts) {
        String ip = PublicAddress.of(facts.event().origin().ip());
        String userAgent = facts.event().origin().userAgent();
        put("ip", ip);
        put("user_agent", userAgent);
        isSufficient |= ip != null && userAgent != null && !userAgent.isBlank();
    }

    private void addDevice(Device device) {
        put("idfa", device.adIds().idfa());
        put("gaid", device.os() == Device.Os.IOS ? null : device.adIds().gaid());
        put("idfv", device.os() == Device.Os.ANDROID ? null : device.adIds().idfv());
        put("att_status", device.tracking().att().name());
    }

    /// As BCP 47: `sv_SE.UTF-8` and `sv_SE@euro` become `sv-SE`.
    private static @Nullable String locale(EventFacts facts, TikTokMatch match) {
        String given = match.text("locale");
        String locale = given != null ? given : Text.shown(facts.context().get("locale"));
        if (locale == null) {
            return null;
        }
        int end = 0;
        while (end < locale.length() && isTagCharacter(locale.charAt(end))) {
            end++;
        }
        return locale.substring(0, end).replace('_', '-');
    }

    private static boolean isTagCharacter(char c) {
        return c < 128 && Character.isLetterOrDigit(c) || c == '-' || c == '_';
    }

    private static @Nullable String country(EventFacts facts, TikTokMatch match) {
        String given = match.text("country_code");
        String code = given != null ? given : Text.shown(facts.context().get("countryCode"));
        return code != null && code.length() == 2 ? code.toLowerCase(Locale.ROOT) : null;
    }

    private void put(String key, List<String> values) {
        if (!values.isEmpty()) {
            hashed.add(new Hashed(key, values));
            isSufficient |= IDENTIFYING.contains(key);
        }
    }

    private void put(String key, @Nullable String value) {
        if (value != null && !value.isBlank()) {
            plain.add(new Plain(key, value));
            isSufficient |= IDENTIFYING.contains(key);
        }
    }
}
