package dev.varve.connectors.meta;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.varve.destination.MatchQuality;
import dev.varve.destination.PreparedEvent;
import dev.varve.event.Documents;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Varve's estimate of how well Meta can match an event; not Meta's own score, which only Meta knows.
///
/// Each identifier has a weight in the order of Meta's published priority: e-mail, phone, external id, click id,
/// browser id, address and user agent, then the parts of name and address. A website event can reach 100 with `fbc`,
/// `fbp` and the user agent, an app event with `madid` and `anon_id` in their place; identifiers that a platform issued
/// for one person (`lead_id`, `fb_login_id`) weigh as much as an e-mail. The score is a tenth of the sum, at most 10.
final class MetaMatchQuality {
    private static final ObjectMapper JSON =
            JsonMapper.builder(Documents.FACTORY).build();
    private static final double MAX_SCORE = 10;
    private static final double WEIGHT_PER_POINT = 10;

    private enum Where {
        ANYWHERE,
        WEBSITE,
        APP,
        /// Counts when it is there, but nobody can be asked to collect it.
        GIVEN
    }

    /// Heaviest first.
    private enum Identifier {
        EM(30, Where.ANYWHERE),
        LEAD_ID(30, Where.GIVEN),
        FB_LOGIN_ID(30, Where.GIVEN),
        PH(20, Where.ANYWHERE),
        MADID(14, Where.APP),
        EXTERNAL_ID(12, Where.ANYWHERE),
        FBC(11, Where.WEBSITE),
        CTWA_CLID(11, Where.GIVEN),
        FBP(7, Where.WEBSITE),
        ANON_ID(7, Where.APP),
        CLIENT_IP_ADDRESS(5, Where.ANYWHERE),
        SUBSCRIPTION_ID(5, Where.GIVEN),
        CLIENT_USER_AGENT(3, Where.WEBSITE),
        FN(2, Where.ANYWHERE),
        LN(2, Where.ANYWHERE),
        DB(2, Where.ANYWHERE),
        GE(1.5, Where.ANYWHERE),
        CT(1.5, Where.ANYWHERE),
        ST(1, Where.ANYWHERE),
        ZP(1, Where.ANYWHERE),
        COUNTRY(1, Where.ANYWHERE);

        private final double weight;
        private final Where where;
        private final String key = name().toLowerCase(Locale.ROOT);

        Identifier(double weight, Where where) {
            this.weight = weight;
            this.where = where;
        }
    }

    private MetaMatchQuality() {}

    static MatchQuality of(PreparedEvent event) {
        JsonNode payload = parsed(event.payload());
        List<String> present = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        double weight = 0;
        for (Identifier identifier : Identifier.values()) {
            if (payload.path("user_data").has(identifier.key)) {
                present.add(identifier.key);
                weight += identifier.weight;
            } else if (isWorthHaving(identifier, payload)) {
                missing.add(identifier.key);
            }
        }
        return new MatchQuality(
                Math.round(Math.min(MAX_SCORE, weight / WEIGHT_PER_POINT) * 10) / 10.0, present, missing);
    }

    /// An advertising id is not worth asking for when its owner said no.
    private static boolean isWorthHaving(Identifier identifier, JsonNode payload) {
        String source = payload.path("action_source").asText();
        return switch (identifier.where) {
            case ANYWHERE -> true;
            case WEBSITE -> source.equals(ActionSource.WEBSITE.wireName());
            case APP ->
                source.equals(ActionSource.APP.wireName())
                        && (identifier != Identifier.MADID
                                || payload.at("/app_data/advertiser_tracking_enabled")
                                                .asInt(0)
                                        == 1);
            case GIVEN -> false;
        };
    }

    private static JsonNode parsed(byte[] payload) {
        try {
            return JSON.readTree(payload);
        } catch (IOException e) {
            throw new UncheckedIOException("a prepared payload is always JSON", e);
        }
    }
}
