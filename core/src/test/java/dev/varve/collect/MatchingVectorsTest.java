package dev.varve.collect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.varve.event.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The published vectors, through the whole collector, whatever the machine's language is.
class MatchingVectorsTest {
    private static final Map<String, String> FIELDS = Map.ofEntries(
            Map.entry("em", "email"),
            Map.entry("ph", "phone"),
            Map.entry("fn", "firstName"),
            Map.entry("ln", "lastName"),
            Map.entry("db", "dateOfBirth"),
            Map.entry("ge", "gender"),
            Map.entry("ct", "city"),
            Map.entry("st", "state"),
            Map.entry("zp", "zip"),
            Map.entry("external_id", "externalId"));
    private static final Map<String, String> TIKTOK_KEYS =
            Map.of("email", "em", "phone", "tt_phone", "external_id", "tt_external_id");

    private final Locale usual = Locale.getDefault();

    @AfterEach
    void restoreLocale() {
        Locale.setDefault(usual);
    }

    @ParameterizedTest
    @ValueSource(strings = {"en-US", "tr-TR", "ar-EG"})
    void everyVectorIsHashedAsPublished(String locale) throws IOException {
        Locale.setDefault(Locale.forLanguageTag(locale));
        try (var vectors = MatchingVectorsTest.class.getResourceAsStream("/dev/varve/identity/vectors.json")) {
            JsonNode all = new ObjectMapper().readTree(vectors);
            assertThat(all).hasSizeGreaterThan(50);
            for (JsonNode vector : all) {
                check(vector);
            }
        }
    }

    private static void check(JsonNode vector) {
        String key = vector.get("key").asText();
        boolean isMeta = vector.get("platform").asText().equals("meta");
        CollectFixture fixture = new CollectFixture();
        if (vector.has("defaultCountry")) {
            String country = vector.get("defaultCountry").asText();
            fixture.defaultCountries = Map.of(Platform.META, country, Platform.TIKTOK, country);
        }
        String country = vector.has("country")
                ? ",\"country\":\"" + vector.get("country").asText() + "\""
                : "";
        JsonNode match = fixture.serverDocument("\"user\":{\"" + FIELDS.getOrDefault(key, key) + "\":"
                        + CollectFixture.quoted(vector.get("raw").asText()) + country
                        + (key.equals("idfa") ? ",\"attStatus\":\"authorized\"" : "") + "}")
                .path("match");
        if (key.equals("gaid") || key.equals("idfa")) {
            assertThat(match.get(key).asText())
                    .isEqualTo(vector.get("normalised").asText());
            return;
        }
        String matchKey = isMeta ? key : TIKTOK_KEYS.getOrDefault(key, key);
        JsonNode found = match.path(isMeta || match.has(matchKey) ? matchKey : matchKey.replace("tt_", ""));
        assertThat(texts(found)).as(vector.toString()).containsExactlyElementsOf(texts(vector.get("sha256")));
    }

    private static List<String> texts(JsonNode node) {
        List<String> texts = new ArrayList<>();
        if (node.isArray()) {
            node.forEach(element -> texts.add(element.asText()));
        } else if (node.isTextual()) {
            texts.add(node.asText());
        }
        return texts;
    }
}
