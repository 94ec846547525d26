package dev.varve.collect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.identity.PersonalText;
import dev.varve.identity.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PersonalDataTest {
    private static final String EMAIL = "ada.lovelace@example.com";
    private static final String PHONE = "+46701234567";

    private final CollectFixture fixture = new CollectFixture();

    @Test
    void emailAndPhoneBecomeHashesUnderTheirKeysAndAreKeptForMatching() {
        JsonNode document =
                fixture.sdkDocument("\"properties\":{\"e-Mail\":\"" + EMAIL + "\",\"mobile\":\"" + PHONE + "\"}");
        String hash = new Sha256().hex(EMAIL);
        assertThat(document.at("/properties/e-Mail").asText()).isEqualTo("sha256:" + hash);
        assertThat(document.at("/match/em/0").asText()).isEqualTo(hash);
        assertThat(document.at("/match/ph/0").asText()).isEqualTo(new Sha256().hex("46701234567"));
        assertThat(document.at("/match/tt_phone/0").asText()).isEqualTo(new Sha256().hex(PHONE));
    }

    @Test
    void personalTextsAreFoundUnderInnocentKeysAtAnyDepthAndInAddresses() {
        fixture.sdkDocument("\"app_user_id\":\"" + EMAIL + "\",\"odd\":{\"x\":[\"" + EMAIL + "\",\"" + PHONE + "\"]},"
                + "\"referrer\":\"https://a.example/?email=ada.lovelace%40example.com&x=1#" + EMAIL + "\","
                + "\"properties\":{\"" + EMAIL + "\":1,\"$page_url\":\"https://a.example/u/" + EMAIL
                + "?next=%2Fp%3Fq%3Dada.lovelace%2540example.com&tel=0701234567&token=s3cret\","
                + "\"address\":{\"street\":\"Storgatan 1\",\"zip\":11122},\"password\":[\"hunter2\"]}");
        String document = new String(fixture.stored.getLast().document(), StandardCharsets.UTF_8);
        assertThat(document)
                .doesNotContain("lovelace", "701234567", "s3cret", "Storgatan", "11122", "hunter2")
                .contains("x=1", "[redacted]");
        assertThat(fixture.stored.getLast().sender().userId()).isEqualTo(PersonalText.storedId(EMAIL));
    }

    @Test
    void addressOfTheClientGoesIntoTheMatchingRecordOnly() {
        fixture.serverDocument("\"context\":{\"ip\":\"203.0.113.9\",\"userAgent\":\"Agent/1\",\"osVersion\":\"18.1\"}");
        assertThat(fixture.stored.getLast().origin().ip()).isEqualTo("203.0.113.9");
        assertThat(new String(fixture.stored.getLast().document(), StandardCharsets.UTF_8))
                .doesNotContain("203.0.113.9", "Agent/1");
        assertThat(fixture.stored.getLast().sender().platform()).isEqualTo("ios");
    }

    @Test
    void advertisingIdIsStoredOnlyWithPermission() {
        String id = "EA7583CD-A667-48BC-B806-42ECB2B48606";
        fixture.sdkDocument(
                "\"idfa\":\"" + id + "\",\"att_status\":\"denied\",\"properties\":{\"idfa\":\"" + id + "\"}");
        assertThat(new String(fixture.stored.getLast().document(), StandardCharsets.UTF_8))
                .doesNotContain(id);
        JsonNode allowed = fixture.sdkDocument("\"idfa\":\"" + id + "\",\"att_status\":\"authorized\"");
        assertThat(allowed.at("/match/idfa").asText()).isEqualTo(id);
    }

    @Test
    void readyMadeHashesPassAndUselessOnesAreDroppedWithAWarning() {
        String hash = new Sha256().hex(EMAIL);
        JsonNode match = fixture.serverDocument("\"user\":{\"email\":[\" " + hash.toUpperCase(java.util.Locale.ROOT)
                        + "\",\"" + hash + ".AQIDBAUG\",\"5d41402abc4b2a76b9719d911017c592\"],\"phone\":\""
                        + new Sha256().hex("") + "\"}")
                .get("match");
        assertThat(match.get("em")).hasSize(1);
        assertThat(match.at("/em/0").asText()).isEqualTo(hash);
        assertThat(match.has("ph")).isFalse();
        assertThat(match.get("warnings").toString()).contains("md5_hash", "empty_hash");
    }

    @Test
    void nationalNumberWithoutCountryIsSentAsItIsWithAWarning() {
        JsonNode match = fixture.sdkDocument("\"properties\":{\"phone\":\"555-123-4567\"}")
                .get("match");
        assertThat(match.at("/ph/0").asText()).isEqualTo(new Sha256().hex("5551234567"));
        assertThat(match.at("/warnings/0").asText()).isEqualTo("phone_without_country");
    }

    @Test
    void clickIdBecomesAnFbcUnlessAValidOneIsGiven() {
        assertThat(fixture.sdkDocument("\"properties\":{\"fbclid\":\"IwAR\"}")
                        .at("/match/fbc")
                        .asText())
                .isEqualTo("fb.1.1793808168900.IwAR");
        assertThat(fixture.sdkDocument("\"properties\":{\"fbclid\":\"IwAR\",\"$fbc\":\"fb.1.1793000000000.IwAR\"}")
                        .at("/match/fbc")
                        .asText())
                .isEqualTo("fb.1.1793000000000.IwAR");
        assertThat(fixture.sdkDocument("\"properties\":{\"$fbc\":\"fb.1.1793000000.IwAR\"}")
                        .at("/match")
                        .has("fbc"))
                .isFalse();
        assertThat(fixture.serverDocument(
                                "\"context\":{\"page\":{\"url\":\"https://a.example/?ttclid=E.C.P&fbclid=x1\"}}")
                        .at("/match")
                        .toString())
                .contains("E.C.P", ".x1\"");
    }

    @Property(tries = 300)
    void orderOfPropertiesDoesNotChangeWhatIsMatched(@ForAll Random random) {
        List<String> members = new ArrayList<>(List.of(
                "\"email\":\"a@b.co\"",
                "\"user_email\":\"c@d.co\"",
                "\"Email\":\"e@f.co\"",
                "\"phone\":\"+46701234567\"",
                "\"tel\":\"+46707654321\"",
                "\"zip\":\"94035-1234\"",
                "\"country\":\"US\"",
                "\"fbclid\":\"x\"",
                "\"first_name\":\"Anne Marie\""));
        JsonNode expected = fixture.sdkDocument("\"properties\":{" + String.join(",", members) + "}")
                .get("match");
        Collections.shuffle(members, random);
        JsonNode shuffled = fixture.sdkDocument("\"properties\":{" + String.join(",", members) + "}")
                .get("match");
        assertThat(shuffled).isEqualTo(expected);
    }

    @Property(tries = 2_000)
    void damageNeverThrowsAndNeverLeavesPersonalData(
            @ForAll Random random, @ForAll @IntRange(min = 0, max = 6) int damages) {
        byte[] body = CollectFixture.sdkBody("\"event_id\":\"e" + random.nextLong() + "\",\"user\":{\"email\":\""
                        + EMAIL
                        + "\"},\"app_user_id\":\"" + EMAIL + "\",\"n\":1e5,\"properties\":{\"a\":{\"b\":[\"" + PHONE
                        + "\",{\"email\":\"" + EMAIL + "\"}]},\"phone\":\"" + PHONE + "\",\"s\":\"\\ud800\"}")
                .getBytes(StandardCharsets.UTF_8);
        String structure = "{}[]:,\"\\0tn -";
        for (int i = 0; i < damages; i++) {
            int at = random.nextInt(body.length);
            // whole texts only: a damaged address is no address any more
            if ("{}[]:,".indexOf(body[at]) >= 0) {
                body[at] = (byte) structure.charAt(random.nextInt(structure.length()));
            }
        }
        int before = fixture.stored.size();
        fixture.sdk("app_1", null, body);
        for (var event : fixture.stored.subList(before, fixture.stored.size())) {
            assertThat(new String(event.document(), StandardCharsets.UTF_8)).doesNotContain(EMAIL, PHONE);
            CollectFixture.json(event.document());
        }
    }

    @Property(tries = 1_000)
    void randomBytesNeverThrow(@ForAll byte[] bytes) {
        fixture.sdk("app_1", null, bytes);
        fixture.sdk(null, null, bytes);
    }
}
