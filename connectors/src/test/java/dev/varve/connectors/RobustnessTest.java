package dev.varve.connectors;

import static dev.varve.connectors.Samples.ID;
import static dev.varve.connectors.Samples.NOW;
import static dev.varve.connectors.Samples.app;
import static dev.varve.connectors.Samples.candidate;
import static dev.varve.connectors.Samples.destination;
import static dev.varve.connectors.Samples.event;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.varve.connectors.meta.MetaMapping;
import dev.varve.connectors.tiktok.TikTokMapping;
import dev.varve.connectors.tiktok.TikTokSettings;
import dev.varve.destination.Destination.Mapping;
import dev.varve.destination.Preparation;
import dev.varve.event.LoggedEvent;
import dev.varve.event.Platform;
import dev.varve.tenant.SdkPlatform;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Whatever an event holds, mapping neither throws nor leaks nor invents keys.
class RobustnessTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> META_KEYS = Set.of(
            "event_name",
            "event_time",
            "event_id",
            "event_source_url",
            "referrer_url",
            "action_source",
            "opt_out",
            "user_data",
            "custom_data",
            "app_data",
            "data_processing_options",
            "data_processing_options_country",
            "data_processing_options_state");
    private static final Set<String> META_USER = Set.of(
            "em",
            "ph",
            "fn",
            "ln",
            "db",
            "ge",
            "ct",
            "st",
            "zp",
            "country",
            "external_id",
            "client_ip_address",
            "client_user_agent",
            "fbc",
            "fbp",
            "subscription_id",
            "fb_login_id",
            "lead_id",
            "anon_id",
            "madid",
            "ctwa_clid",
            "partner_id",
            "partner_name");
    private static final Set<String> TIKTOK_KEYS =
            Set.of("event", "event_time", "event_id", "user", "properties", "page", "app", "lead", "limited_data_use");
    private static final Set<String> TIKTOK_USER = Set.of(
            "email",
            "phone",
            "external_id",
            "first_name",
            "last_name",
            "zip_code",
            "country",
            "ttclid",
            "ttp",
            "ip",
            "user_agent",
            "locale",
            "idfa",
            "idfv",
            "gaid",
            "att_status");
    private static final Set<String> TIKTOK_PROPERTIES = Set.of(
            "contents",
            "content_ids",
            "content_type",
            "currency",
            "value",
            "num_items",
            "search_string",
            "query",
            "description",
            "order_id",
            "shop_id",
            "customer_type");

    @Property(tries = 1500)
    void anyDocumentIsPreparedSkippedOrRefused(
            @ForAll("names") String name, @ForAll("platforms") String platform, @ForAll("documents") String document)
            throws IOException {
        LoggedEvent event = event(name, platform, document);

        checkMeta(new MetaMapping()
                .prepare(
                        candidate(event, app(SdkPlatform.IOS)), destination(Platform.META, "1", Mapping.DEFAULT), NOW));
        assertThat(new MetaMapping().tooOldAt(event, destination(Platform.META, "1", Mapping.DEFAULT)))
                .isNotNull();
        for (String id : List.of("C1", "7300")) {
            checkTikTok(new TikTokMapping(TikTokSettings.DEFAULT.maxEventAge())
                    .prepare(
                            candidate(event, app(SdkPlatform.IOS)),
                            destination(Platform.TIKTOK, id, Mapping.DEFAULT),
                            NOW));
        }
    }

    private static void checkMeta(Preparation preparation) throws IOException {
        if (preparation instanceof Preparation.Prepared prepared) {
            JsonNode payload = JSON.readTree(prepared.event().payload());
            assertThat(META_KEYS).containsAll(keys(payload));
            assertThat(META_USER).containsAll(keys(payload.path("user_data")));
            assertThat(payload.toString()).doesNotContain("ada@example.com", "+46701234567");
        }
    }

    private static void checkTikTok(Preparation preparation) throws IOException {
        if (preparation instanceof Preparation.Prepared prepared) {
            JsonNode payload = JSON.readTree(prepared.event().payload());
            assertThat(TIKTOK_KEYS).containsAll(keys(payload));
            assertThat(TIKTOK_USER).containsAll(keys(payload.path("user")));
            assertThat(TIKTOK_PROPERTIES).containsAll(keys(payload.path("properties")));
            assertThat(payload.toString()).doesNotContain("ada@example.com", "+46701234567");
        }
    }

    private static List<String> keys(JsonNode object) {
        return object.properties().stream().map(java.util.Map.Entry::getKey).toList();
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.of("purchase_success", "search", "sign_up", "app_open", "screen_view", "Lead", "unknown");
    }

    @Provide
    Arbitrary<String> platforms() {
        return Arbitraries.of("ios", "android", "web", "node", "macos", "unity", "");
    }

    @Provide
    Arbitrary<String> documents() {
        Arbitrary<String> members = member().list().ofMaxSize(10).map(list -> "{" + String.join(",", list) + "}");
        Arbitrary<String> whole = Combinators.combine(members, members, members)
                .as((properties, context, match) -> "{'properties':" + properties + ",'context':" + context
                        + ",'match':" + match + ",'limitedDataUse':" + properties + "}");
        return Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(20, whole),
                net.jqwik.api.Tuple.of(1, Arbitraries.strings().ascii().ofMaxLength(20)),
                net.jqwik.api.Tuple.of(1, members));
    }

    private static Arbitrary<String> member() {
        Arbitrary<String> keys = Arbitraries.of(
                "value",
                "revenue",
                "currency",
                "price",
                "quantity",
                "products",
                "items",
                "contents",
                "product_id",
                "content_ids",
                "num_items",
                "$page_url",
                "page_url",
                "referrer",
                "url",
                "action_source",
                "method",
                "success",
                "level",
                "em",
                "ph",
                "tt_phone",
                "external_id",
                "fbc",
                "fbp",
                "fbclid",
                "ttclid",
                "ttp",
                "idfa",
                "gaid",
                "idfv",
                "att_status",
                "lead_id",
                "fb_login_id",
                "osVersion",
                "appVersion",
                "deviceModel",
                "timezone",
                "screenSize",
                "os",
                "device",
                "page",
                "app",
                "locale",
                "countryCode",
                "note",
                "emailAddress",
                "sandbox_outcome",
                "shop_id",
                "customer_type",
                "order_id",
                "fb_content");
        return Combinators.combine(keys, values()).as((key, value) -> "'" + key + "':" + value);
    }

    private static Arbitrary<String> values() {
        return Arbitraries.of(
                "null",
                "true",
                "1",
                "-1",
                "0",
                "1.5",
                "1e999",
                "1e-999",
                "123456789012345678901234567890",
                "''",
                "'x'",
                "'EUR'",
                "'ada@example.com'",
                "'tel +46701234567'",
                "'sha256:00'",
                "'[redacted]'",
                "'\\ud800'",
                "'\\u0000'",
                "['" + ID + "']",
                "[1,null,{}]",
                "[{'id':1,'quantity':2,'price':'3'}]",
                "[{'sku':'\\udc00','price':1e400}]",
                "{}",
                "{'a':{'b':[1e999,'\\ud83d']}}",
                "{'version':'18'}",
                "{'url':'https://e.example/?email=ada%40example.com&fbclid=%zz&ttclid=a'}",
                "'18.1'",
                "'Europe/Paris'",
                "'https://shop.example.com/?q=ada@example.com'",
                "'393x852'",
                "'crm'",
                "'app'",
                "'physical_store'",
                "'authorized'",
                "'fb.1.1794998112345.IwAR'",
                "'[1,'",
                "'999999999999999'",
                "'AUD'");
    }
}
