package dev.varve.connectors.meta;

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
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The members of Meta's `user_data`, hashed lists apart from plain ones.
record MetaUserData(Map<String, List<String>> hashed, Map<String, String> plain, Map<String, Long> numbers) {
    private static final List<String> HASHED_KEYS =
            List.of("em", "ph", "external_id", "fn", "ln", "db", "ge", "ct", "st", "zp", "country");
    private static final List<String> PLAIN_KEYS =
            List.of("subscription_id", "ctwa_clid", "partner_id", "partner_name");

    /// An event that carries no more than one of these sets is refused by Meta (subcode 2804050).
    private static final List<Set<String>> INSUFFICIENT = List.of(
            Set.of("ct", "country", "st", "zp", "ge", "client_user_agent"),
            Set.of("db", "client_user_agent"),
            Set.of("fn", "ge"),
            Set.of("ln", "ge"));

    static MetaUserData of(EventFacts facts, ActionSource source, Device device, ClickIds clicks) {
        MetaUserData data = new MetaUserData(new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
        JsonNode match = facts.match();
        for (String key : HASHED_KEYS) {
            List<String> values = Hashes.withAppendix(match.get(key));
            if (!values.isEmpty()) {
                data.hashed.put(key, values);
            }
        }
        data.put("client_ip_address", PublicAddress.of(facts.event().origin().ip()));
        data.put("client_user_agent", facts.event().origin().userAgent());
        data.put("fbc", clicks.fbc());
        data.put("fbp", clicks.fbp());
        data.put(
                "madid",
                device.adIds().idfa() != null
                        ? device.adIds().idfa()
                        : device.adIds().gaid());
        data.put("anon_id", anonId(facts, source));
        PLAIN_KEYS.forEach(key -> data.put(key, Text.shown(match.get(key))));
        data.putNumber("lead_id", facts.matchText("lead_id"), 15, 16);
        data.putNumber("fb_login_id", facts.matchText("fb_login_id"), 1, 18);
        return data;
    }

    boolean isSufficient() {
        if (!numbers.isEmpty()) {
            return true;
        }
        if (plain.keySet().stream().allMatch(key -> key.equals("client_user_agent") || key.equals("partner_name"))) {
            return !hashed.isEmpty() && INSUFFICIENT.stream().noneMatch(this::holdsNoMoreThan);
        }
        return true;
    }

    void write(PayloadWriter json) throws IOException {
        json.object("user_data", () -> {
            for (var entry : hashed.entrySet()) {
                json.texts(entry.getKey(), entry.getValue());
            }
            for (var entry : plain.entrySet()) {
                json.text(entry.getKey(), entry.getValue());
            }
            for (var entry : numbers.entrySet()) {
                json.number(entry.getKey(), entry.getValue());
            }
        });
    }

    private static @Nullable String anonId(EventFacts facts, ActionSource source) {
        if (source != ActionSource.APP) {
            return null;
        }
        String given = facts.matchText("anon_id");
        return given != null ? given : facts.event().sender().installId();
    }

    private boolean holdsNoMoreThan(Set<String> keys) {
        boolean userAgent = plain.containsKey("client_user_agent");
        return keys.containsAll(hashed.keySet()) && (!userAgent || keys.contains("client_user_agent"));
    }

    private void put(String key, @Nullable String value) {
        if (value != null && !value.isBlank()) {
            plain.put(key, value);
        }
    }

    private void putNumber(String key, @Nullable String text, int minDigits, int maxDigits) {
        if (text != null && Text.isDigits(text) && text.length() >= minDigits && text.length() <= maxDigits) {
            numbers.put(key, Long.parseLong(text));
        }
    }
}
