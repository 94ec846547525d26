package dev.varve.connectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Whatever a sender writes, collecting and mapping neither throw nor leak, and order means nothing.
class WholePathProperties {
    private static final String EMAIL = "Planted.Ivy@mail.example";
    private static final String PHONE = "+4930901820";

    /// Where personal data is planted, as properties of an event.
    private static final List<String> SPOTS = List.of(
            "'email':'" + EMAIL + "'",
            "'E-Mail':' " + EMAIL + " '",
            "'phone':'" + PHONE + "'",
            "'Phone_Number':'" + PHONE + "'",
            "'note':'" + EMAIL + "'",
            "'nickname':'" + PHONE + "'",
            "'nested':{'a':[{'mail':'" + EMAIL + "'},['" + PHONE + "']]}",
            "'$page_url':'https://own.example/p?email=" + EMAIL + "&x=1'",
            "'referrer':'https://other.example/?q=%2B4930901820&m=Planted.Ivy%40mail.example'",
            "'ud':{'em':'" + EMAIL + "','ph':'" + PHONE + "','other':'" + EMAIL + "'}",
            "'user_data':{'email':['" + EMAIL + "','b@c.de'],'city':'" + EMAIL + "'}",
            "'first_name':'" + EMAIL + "'",
            "'external_id':'" + EMAIL + "'",
            "'order_id':'" + EMAIL + "'",
            "'products':[{'id':'" + EMAIL + "','name':'" + PHONE + "','price':2}]",
            "'content_ids':['" + EMAIL + "','" + PHONE + "']",
            "'ttclid':'" + EMAIL + "'",
            "'fbc':'fb.1.1795005240000." + EMAIL + "'",
            "'" + EMAIL + "':1",
            "'value':'" + EMAIL + "','currency':'" + PHONE + "'");

    private static final List<String> HARMLESS = List.of(
            "'value':'12.5'",
            "'currency':'EUR'",
            "'product_id':7",
            "'sku':'s-1'",
            "'quantity':2",
            "'revenue':3",
            "'price':1.5",
            "'content_ids':['x','y']",
            "'phone_number':'+4930901821'",
            "'mobile':'+4930901822'",
            "'email_address':'b@own.example'",
            "'mail':'c@own.example'",
            "'external_id':'X-1'",
            "'fbclid':'Iw1'",
            "'ttclid':'E.1'",
            "'$page_url':'https://own.example/?fbclid=Iw2&ttclid=E.2'",
            "'referrer':'https://other.example/?fbclid=Iw3'",
            "'search_term':'tea'",
            "'query':'pot'");

    @Property(tries = 400)
    void personalDataReachesNeitherTheDocumentNorAPayload(@ForAll("spots") Set<String> spots) {
        WholePath path = new WholePath();
        path.event("'app_user_id':'" + EMAIL + "','install_id':'" + PHONE + "','user':{'email':'" + EMAIL + "'},"
                + "'properties':{" + String.join(",", spots) + "}");
        assertThat(path.stored()).hasSize(1);
        assertClean(path.lastDocument());
        path.payloads().forEach(WholePathProperties::assertClean);
    }

    @Property(tries = 800)
    void damagedRequestsNeverThrowAndNeverLeakIntoPayloads(
            @ForAll("spots") Set<String> spots, @ForAll("members") List<String> members, @ForAll Random random) {
        WholePath path = new WholePath();
        String properties = "'properties':{" + String.join(",", spots) + "}";
        String sdk = "{'events':[{'event':'add_to_cart','timestamp':'2026-11-18T12:34:00Z'," + properties
                + (members.isEmpty() ? "" : "," + String.join(",", members)) + "}]}";
        String server = sdk.replace("'event':", "'name':").replace("'timestamp'", "'occurredAt'");
        path.sdk(damaged(sdk, random));
        path.server(damaged(server, random));
        for (LoggedEvent event : path.stored()) {
            for (Platform platform : Platform.values()) {
                assertThat(path.prepare(platform, event)).isNotNull();
            }
        }
        path.payloads().forEach(payload -> assertThat(payload.toLowerCase(Locale.ROOT))
                .doesNotContain("planted.ivy@mail.example"));
    }

    @Property(tries = 300)
    void theOrderOfPropertiesChangesNeitherHashesNorChosenValues(
            @ForAll("harmless") Set<String> members, @ForAll Random random) {
        List<String> shuffled = new ArrayList<>(members);
        Collections.shuffle(shuffled, random);
        WholePath one = new WholePath()
                .event("'event_id':'e','app_user_id':'u','properties':{" + String.join(",", members) + "}");
        WholePath other = new WholePath()
                .event("'event_id':'e','app_user_id':'u','properties':{" + String.join(",", shuffled) + "}");
        for (Platform platform : Platform.values()) {
            JsonNode first = one.last(platform);
            assertThat(other.last(platform)).isEqualTo(first);
        }
    }

    private static void assertClean(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        assertThat(lower).doesNotContain("planted.ivy", "4930901820");
    }

    /// Some bytes replaced, taken out, doubled, or everything behind one cut off.
    private static byte[] damaged(String text, Random random) {
        StringBuilder body = new StringBuilder(text.replace('\'', '"'));
        for (int i = random.nextInt(4); i > 0; i--) {
            int at = random.nextInt(body.length());
            switch (random.nextInt(5)) {
                case 0 -> body.setCharAt(at, (char) random.nextInt(0x180));
                case 1 -> body.deleteCharAt(at);
                case 2 -> body.insert(at, body.substring(at, Math.min(body.length(), at + 9)));
                case 3 ->
                    body.insert(
                            at,
                            List.of("{", "[", "]", "\"", "null", "-1e999", "\\ud800")
                                    .get(random.nextInt(7)));
                default -> body.setCharAt(at, "{}[],:\"0".charAt(random.nextInt(8)));
            }
        }
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Provide
    Arbitrary<Set<String>> spots() {
        return Arbitraries.of(SPOTS).set().ofMinSize(1).ofMaxSize(8);
    }

    @Provide
    Arbitrary<Set<String>> harmless() {
        return Arbitraries.of(HARMLESS).set().ofMaxSize(12);
    }

    /// Members of the event with values of any type, often the wrong one.
    @Provide
    Arbitrary<List<String>> members() {
        Arbitrary<String> names = Arbitraries.of(
                "user",
                "context",
                "consent",
                "actionSource",
                "limitedDataUse",
                "eventId",
                "event_id",
                "platform",
                "os_version",
                "timezone",
                "locale",
                "idfa",
                "gaid",
                "att_status",
                "screen_size",
                "appUserId",
                "install_id",
                "test_event_code",
                "referrer",
                "country_code",
                "anything");
        Arbitrary<String> values = Arbitraries.of(
                "null",
                "true",
                "0",
                "-1",
                "1e400",
                "123456789012345678901234567890",
                "''",
                "'x'",
                "'ios'",
                "'web'",
                "'authorized'",
                "[]",
                "[null,1,'a',{}]",
                "{}",
                "{'email':5}",
                "{'country':1,'state':'x'}",
                "{'ip':'::1','userAgent':7,'cookies':{'_fbc':'x','_fbi':'::'},'os':{'name':5,'version':{}},"
                        + "'device':{'advertisingId':[1]},'page':{'url':null}}",
                "{'page':{'url':'http://[::bad/?fbclid=%zz'},'screen':{'width':[]},'timezone':'Mars/Phobos'}");
        return Combinators.combine(names, values)
                .as((name, value) -> "'" + name + "':" + value)
                .list()
                .ofMaxSize(6);
    }
}
