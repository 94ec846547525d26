package dev.varve.connectors.tiktok;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.connectors.mapping.ClickIds;
import dev.varve.connectors.mapping.Device;
import dev.varve.connectors.mapping.EventFacts;
import dev.varve.connectors.mapping.Hashes;
import dev.varve.connectors.mapping.PayloadWriter;
import dev.varve.connectors.mapping.PublicAddress;
import dev.varve.connectors.mapping.Text;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The members of TikTok's `user`; which ones exist depends on the source. An offline event takes what a web event
/// takes, as far as its sender knows it: a sale in a shop may follow a click.
record TikTokUser(Map<String, List<String>> hashed, Map<String, String> plain) {
    private static final Set<String> IDENTIFYING = Set.of("ttclid", "ttp", "idfa", "gaid", "idfv");
    private static final Set<String> IDENTIFYING_HASHES = Set.of("email", "phone", "external_id");

    static TikTokUser of(EventFacts facts, TikTokSource source, Device device, ClickIds clicks) {
        TikTokUser user = new TikTokUser(new LinkedHashMap<>(), new LinkedHashMap<>());
        user.addHashes(facts.match(), source);
        if (source == TikTokSource.WEB || source == TikTokSource.OFFLINE) {
            user.put("ttclid", clicks.ttclid());
            user.put("ttp", clicks.ttp());
        }
        if (source != TikTokSource.CRM) {
            user.put("ip", PublicAddress.of(facts.event().origin().ip()));
            user.put("user_agent", facts.event().origin().userAgent());
        }
        user.put("locale", locale(facts));
        user.put("country", country(facts));
        if (source == TikTokSource.APP) {
            user.put("idfa", device.adIds().idfa());
            user.put(
                    "gaid", device.os() == Device.Os.IOS ? null : device.adIds().gaid());
            user.put(
                    "idfv",
                    device.os() == Device.Os.ANDROID ? null : device.adIds().idfv());
            user.put("att_status", device.tracking().att().name());
        }
        return user;
    }

    boolean isSufficient(EventFacts facts) {
        return hashed.keySet().stream().anyMatch(IDENTIFYING_HASHES::contains)
                || plain.keySet().stream().anyMatch(IDENTIFYING::contains)
                || plain.containsKey("ip") && plain.containsKey("user_agent")
                || facts.matchText("lead_id") != null;
    }

    void write(PayloadWriter json) throws IOException {
        json.object("user", () -> {
            for (var entry : hashed.entrySet()) {
                json.texts(entry.getKey(), entry.getValue());
            }
            for (var entry : plain.entrySet()) {
                json.text(entry.getKey(), entry.getValue());
            }
        });
    }

    private void addHashes(JsonNode match, TikTokSource source) {
        put("email", Hashes.bare(match.get("em")));
        put("phone", hashes(match, "tt_phone", "ph"));
        if (source != TikTokSource.APP) {
            put("external_id", hashes(match, "tt_external_id", "external_id"));
        }
        put("first_name", hashes(match, "tt_fn", "fn"));
        put("last_name", hashes(match, "tt_ln", "ln"));
        put("zip_code", hashes(match, "tt_zp", "zp"));
    }

    /// TikTok's own form where it differs, else the shared one.
    private static List<String> hashes(JsonNode match, String own, String shared) {
        return Hashes.bare(match.has(own) ? match.get(own) : match.get(shared));
    }

    private static @Nullable String locale(EventFacts facts) {
        String given = facts.matchText("locale");
        String locale = given != null ? given : Text.shown(facts.context().get("locale"));
        return locale == null ? null : locale.replace('_', '-');
    }

    private static @Nullable String country(EventFacts facts) {
        String given = facts.matchText("country_code");
        String code = given != null ? given : Text.shown(facts.context().get("countryCode"));
        return code != null && code.length() == 2 ? code.toLowerCase(Locale.ROOT) : null;
    }

    private void put(String key, List<String> values) {
        if (!values.isEmpty()) {
            hashed.put(key, values);
        }
    }

    private void put(String key, @Nullable String value) {
        if (value != null && !value.isBlank()) {
            plain.put(key, value);
        }
    }
}
