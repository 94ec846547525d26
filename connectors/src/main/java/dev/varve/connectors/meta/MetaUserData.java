package dev.varve.connectors.meta;

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

/// The members of Meta's `user_data`, hashed lists apart from plain ones. A field the event lacks is taken from the
/// person's stored profile; address and user agent come from the request alone.
record MetaUserData(Map<String, List<String>> hashed, Map<String, String> plain, Map<String, Long> numbers) {
    static final String IP = "client_ip_address";
    private static final String USER_AGENT = "client_user_agent";
    private static final String PARTNER_NAME = "partner_name";
    private static final List<String> HASHED_KEYS =
            List.of("em", "ph", "external_id", "fn", "ln", "db", "ge", "ct", "st", "zp", "country");
    private static final List<String> PLAIN_KEYS = List.of("subscription_id", "ctwa_clid", "partner_id", PARTNER_NAME);

    /// An event that carries no more than one of these sets is refused by Meta (subcode 2804050).
    private static final List<Set<String>> INSUFFICIENT = List.of(
            Set.of("ct", "country", "st", "zp", "ge", USER_AGENT),
            Set.of("db", USER_AGENT),
            Set.of("fn", "ge"),
            Set.of("ln", "ge"));

    static MetaUserData of(EventFacts facts, ActionSource source, Device device, MetaClicks clicks) {
        MetaUserData data = new MetaUserData(new LinkedHashMap<>(16), new LinkedHashMap<>(16), new LinkedHashMap<>(2));
        MetaMatch match = MetaMatch.of(facts);
        for (String key : HASHED_KEYS) {
            List<String> values = Hashes.withAppendix(match.get(key));
            if (!values.isEmpty()) {
                data.hashed.put(key, values);
            }
        }
        data.put(IP, PublicAddress.of(facts.event().origin().ip()));
        data.put(USER_AGENT, facts.event().origin().userAgent());
        data.put("fbc", clicks.fbc());
        data.put("fbp", clicks.fbp());
        data.put("madid", advertisingId(device));
        data.put("anon_id", source == ActionSource.APP ? anonId(facts) : null);
        for (String key : PLAIN_KEYS) {
            data.put(key, match.text(key));
        }
        data.putNumber("lead_id", match.text("lead_id"), 15, 16);
        data.putNumber("fb_login_id", match.text("fb_login_id"), 1, 18);
        return data;
    }

    boolean hasAddress() {
        return plain.containsKey(IP);
    }

    boolean isSufficient() {
        if (!numbers.isEmpty()) {
            return true;
        }
        for (String key : plain.keySet()) {
            if (!key.equals(USER_AGENT) && !key.equals(PARTNER_NAME)) {
                return true;
            }
        }
        return !hashed.isEmpty() && !isInsufficient();
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

    private boolean isInsufficient() {
        boolean userAgent = plain.containsKey(USER_AGENT);
        for (Set<String> keys : INSUFFICIENT) {
            if (keys.containsAll(hashed.keySet()) && (!userAgent || keys.contains(USER_AGENT))) {
                return true;
            }
        }
        return false;
    }

    /// The device leaves Apple's out unless tracking is authorized; Google's is left out where the device says no.
    private static @Nullable String advertisingId(Device device) {
        String idfa = device.adIds().idfa();
        String gaid = device.tracking().adTrackingOff() ? null : device.adIds().gaid();
        return idfa != null ? idfa : gaid;
    }

    private static @Nullable String anonId(EventFacts facts) {
        String given = facts.matchText("anon_id");
        return given != null ? given : facts.event().sender().installId();
    }

    private void put(String key, @Nullable String value) {
        if (value != null && !value.isBlank()) {
            plain.put(key, value);
        }
    }

    private void putNumber(String key, @Nullable String text, int minDigits, int maxDigits) {
        if (text != null && text.length() >= minDigits && text.length() <= maxDigits && Text.isDigits(text)) {
            numbers.put(key, Long.parseLong(text));
        }
    }
}
