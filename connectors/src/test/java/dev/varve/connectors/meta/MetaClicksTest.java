package dev.varve.connectors.meta;

import static dev.varve.connectors.Samples.EM;
import static dev.varve.connectors.Samples.NOW;
import static dev.varve.connectors.Samples.OCCURRED;
import static dev.varve.connectors.Samples.app;
import static dev.varve.connectors.Samples.destination;
import static dev.varve.connectors.Samples.document;
import static dev.varve.connectors.Samples.event;
import static dev.varve.connectors.Samples.payload;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.connectors.Samples;
import dev.varve.destination.Candidate;
import dev.varve.destination.Destination.Mapping;
import dev.varve.event.Platform;
import dev.varve.identity.KnownIds;
import dev.varve.identity.KnownIds.Seen;
import dev.varve.tenant.SdkPlatform;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetaClicksTest {
    private static final Instant EARLIER = OCCURRED.minus(Duration.ofDays(3));
    private static final Instant LATER = OCCURRED.minus(Duration.ofDays(1));
    private static final String OLD_FBC = fbc(EARLIER, "oldClick");

    @Test
    void aClickIsBuiltWithTheTimeOfTheEventThatBroughtIt() {
        assertThat(fbcOf("'fbclid':'IwAR_x'", Map.of())).isEqualTo(fbc(OCCURRED, "IwAR_x"));
    }

    @Test
    void aClickThatWasSeenBeforeKeepsTheTimeItWasFirstSeen() {
        assertThat(fbcOf("'fbclid':'IwAR_x'", Map.of("fbclid", new Seen("IwAR_x", EARLIER))))
                .isEqualTo(fbc(EARLIER, "IwAR_x"));
        assertThat(fbcOf(
                        "'fbclid':'IwAR_x','fbc':'" + fbc(OCCURRED, "IwAR_x") + "'",
                        Map.of("fbclid", new Seen("IwAR_x", EARLIER))))
                .as("an fbc that ingest built of the event's own click is no given one")
                .isEqualTo(fbc(EARLIER, "IwAR_x"));
    }

    @Test
    void aGivenCookieOfTheSameClickWins() {
        String given = fbc(LATER, "IwAR_x") + ".AQ";

        assertThat(fbcOf("'fbclid':'IwAR_x','fbc':'" + given + "'", Map.of("fbclid", new Seen("IwAR_x", EARLIER))))
                .isEqualTo(given);
    }

    @Test
    void aNewerClickReplacesAGivenCookieOfAnother() {
        assertThat(fbcOf("'fbclid':'newClick','fbc':'" + OLD_FBC + "'", Map.of()))
                .isEqualTo(fbc(OCCURRED, "newClick"));
        assertThat(fbcOf("'fbc':'" + OLD_FBC + "'", Map.of("fbclid", new Seen("newClick", LATER))))
                .isEqualTo(fbc(LATER, "newClick"));
    }

    @Test
    void anOldAddressOpenedAgainDoesNotReplaceANewerCookie() {
        String given = fbc(LATER, "newClick");

        assertThat(fbcOf("'fbclid':'oldClick','fbc':'" + given + "'", Map.of("fbclid", new Seen("oldClick", EARLIER))))
                .isEqualTo(given);
        assertThat(fbcOf("'fbc':'" + given + "'", Map.of("fbclid", new Seen("oldClick", EARLIER))))
                .isEqualTo(given);
    }

    @Test
    void knownIdsAreCarriedToEventsWithoutTheirOwn() {
        JsonNode user = user(
                "", Map.of("fbc", new Seen(OLD_FBC, EARLIER), "fbp", new Seen("fb.1.1794998101234.102938", EARLIER)));

        assertThat(user.path("fbc").asText()).isEqualTo(OLD_FBC);
        assertThat(user.path("fbp").asText()).isEqualTo("fb.1.1794998101234.102938");
        assertThat(fbcOf("", Map.of("fbclid", new Seen("IwAR_x", EARLIER)))).isEqualTo(fbc(EARLIER, "IwAR_x"));
        assertThat(fbcOf("", Map.of("fbc", new Seen(OLD_FBC, EARLIER), "fbclid", new Seen("newClick", LATER))))
                .isEqualTo(fbc(LATER, "newClick"));
    }

    @Test
    void ownBrowserIdsAreNotReplacedByKnownOnes() {
        assertThat(user("'fbp':'fb.1.1794998101234.1'", Map.of("fbp", new Seen("fb.1.1794998101234.2", EARLIER)))
                        .path("fbp")
                        .asText())
                .isEqualTo("fb.1.1794998101234.1");
    }

    @Test
    void aClickAfterTheEventOrTooLongBeforeItIsNotCarried() {
        assertThat(fbcOf("", Map.of("fbclid", new Seen("IwAR_x", OCCURRED.plusSeconds(1)))))
                .isEmpty();
        assertThat(fbcOf("", Map.of("fbclid", new Seen("IwAR_x", OCCURRED.minus(KnownIds.LIFETIME)))))
                .isEmpty();
    }

    @Test
    void theStoredProfileComesLast() {
        ObjectNode profile = JsonNodeFactory.instance.objectNode();
        profile.put("fbp", "fb.1.1794998101234.3").put("fbc", OLD_FBC);
        profile.putArray("ph").add(Samples.PH);
        profile.putArray("em").add(Samples.PH);

        JsonNode user = user("", new KnownIds(Map.of(), profile));
        assertThat(user.path("fbp").asText()).isEqualTo("fb.1.1794998101234.3");
        assertThat(user.path("fbc").asText()).isEqualTo(OLD_FBC);
        assertThat(user.path("ph").path(0).asText()).isEqualTo(Samples.PH);
        assertThat(user.path("em").path(0).asText()).as("the event's own").isEqualTo(EM);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fb.1.1794998112.IwAR",
                "fb.3.1794998112345.IwAR",
                "fb.1.1794998112345.",
                "fb.1.1794998112345.Iw AR",
                "fb.1.1794998112345.IwAR.x",
                "fb.1.1794998112345.IwAR.123456789",
                "fb.1.1794998112345.IwAR.AQ.AQ",
                "fb.1.17949981123xx.IwAR",
                "IwAR"
            })
    void aBrokenCookieIsDroppedAndNotMended(String broken) {
        assertThat(fbcOf("'fbc':'" + broken + "'", Map.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"fb.0.1794998112345.IwAR", "fb.2.1794998112345.IwAR_-Q.AQ", "fb.1.1794998112345.IwAR.abcd_-12"})
    void aWellFormedCookieIsPassedOnByteForByte(String cookie) {
        assertThat(fbcOf("'fbc':'" + cookie + "'", Map.of())).isEqualTo(cookie);
    }

    @Property(tries = 500)
    void theScanAgreesWithTheDocumentedPattern(
            @ForAll @Chars({'a', 'Z', '0', '_', '-', '.', ' ', '@', '\u00e9', '\u2003'}) @StringLength(max = 12)
                    String tail) {
        for (String text : new String[] {tail, "fb.1.1794998112345." + tail, "fb.1.1794998112345.a." + tail}) {
            boolean matches = text.length() <= 1000
                    && text.matches("fb\\.[0-2]\\.[0-9]{13}\\.[^.\\s@]+(\\.[A-Za-z0-9_-]{2,8})?")
                    && text.chars().noneMatch(Character::isWhitespace);
            assertThat(MetaCookie.parse(text) != null).as(text).isEqualTo(matches);
        }
    }

    private static String fbc(Instant at, String click) {
        return "fb.1." + at.toEpochMilli() + "." + click;
    }

    private static String fbcOf(String match, Map<String, Seen> ids) {
        return user(match, ids).path("fbc").asText("");
    }

    private static JsonNode user(String match, Map<String, Seen> ids) {
        return user(match, new KnownIds(ids, JsonNodeFactory.instance.objectNode()));
    }

    private static JsonNode user(String match, KnownIds known) {
        String own = "{'em':['" + EM + "']" + (match.isEmpty() ? "" : "," + match) + "}";
        return payload(new MetaMapping()
                        .prepare(
                                new Candidate(
                                        event("search", "web", document("{}", "{}", own)), app(SdkPlatform.WEB), known),
                                destination(Platform.META, "1", Mapping.DEFAULT),
                                NOW))
                .path("user_data");
    }
}
