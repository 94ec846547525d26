package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is exactly at a documented limit is taken, what is one beyond it is refused with the field's name. A
/// character is one, however many bytes or halves of a pair it takes. Types: `TypesTest`,
/// lists of words: `WordsTest`, events: `EventLimitsTest`.
@SuppressWarnings("NullAway.Init")
class LimitsTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private static final String MIGRATE = "POST /organizations/CHILD/projects/migrate";
    private static final String KEYS = "POST /organizations/CHILD/api-keys";
    private static final String VERIFY = "POST /projects/PROJECT/sdk-apps/APP/verify-tracking";
    private static final int METADATA_BYTES = 16 << 10;
    private static final String LAYER = "PUT /projects/PROJECT/layers/meta_ads/capi";

    private LimitRig rig;

    @BeforeEach
    void open() throws Exception {
        rig = new LimitRig(api);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POST /organizations                             | {"name": $}                                       | name                    | 1   | 128  | 😀
            PATCH /organizations/CHILD                      | {"name": $}                                       | name                    | 1   | 128  | 😀
            POST /organizations/CHILD/api-keys              | {"name": $, "scopes": ["ads:read"]}               | name                    | 1   | 120  | 😀
            POST /projects                                  | {"name": $, "timezone": "UTC"}                    | name                    | 1   | 128  | 😀
            PATCH /projects/PROJECT                         | {"name": $}                                       | name                    | 1   | 128  | 😀
            PATCH /projects/PROJECT                         | {"customerExternalId": $}                         | customerExternalId      | 1   | 128  | 😀
            PATCH /projects/PROJECT                         | {"appName": $}                                    | appName                 | 3   | 30   | 😀
            PATCH /projects/PROJECT                         | {"appDescription": $}                             | appDescription          | 100 | 1000 | 😀
            PATCH /projects/PROJECT                         | {"tagline": $}                                    | tagline                 | 0   | 80   | 😀
            PATCH /projects/PROJECT                         | {"platformIosBundleId": $}                        | platformIosBundleId     | 0   | 255  | 😀
            PATCH /projects/PROJECT                         | {"platformAndroidBundleId": $}                    | platformAndroidBundleId | 0   | 255  | 😀
            PATCH /projects/PROJECT                         | {"platformWebDomain": $}                          | platformWebDomain       | 0   | 255  | 😀
            POST /projects/PROJECT/sdk-apps                 | {"name": $, "platform": "expo"}                   | name                    | 1   | 128  | 😀
            PATCH /projects/PROJECT/sdk-apps/APP            | {"name": $}                                       | name                    | 1   | 128  | 😀
            POST /projects/PROJECT/sdk-apps                 | {"name": "n", "platform": "ios", "bundleId": $}   | bundleId                | 1   | 255  | 😀
            PATCH /projects/PROJECT/sdk-apps/APP            | {"bundleId": $}                                   | bundleId                | 0   | 255  | 😀
            PATCH /projects/PROJECT/sdk-apps/APP            | {"androidPackage": $}                             | androidPackage          | 0   | 255  | 😀
            PATCH /projects/PROJECT/sdk-apps/APP            | {"appStoreId": $}                                 | appStoreId              | 1   | 12   | 7
            POST /projects/PROJECT/sdk-apps/APP/verify-tracking | {"expectedEvents": [$]}                       | expectedEvents          | 1   | 128  | 😀
            POST /projects/PROJECT/sdk-apps/APP/verify-tracking | {"sampleEventName": $}                        | sampleEventName         | 1   | 50   | 😀
            POST /projects/PROJECT/sdk-apps/APP/verify-tracking | {"testEventCode": {"meta": $}}                | testEventCode.meta      | 0   | 64   | 😀
            POST /projects/PROJECT/sdk-apps/APP/verify-tracking | {"testEventCode": {"tiktok": $}}              | testEventCode.tiktok    | 0   | 64   | 😀
            PUT /projects/PROJECT/layers/meta_ads/capi      | {"enabled": false, "pixelId": $}                  | pixelId                 | 1   | 64   | 7
            PUT /projects/PROJECT/layers/tiktok_ads/capi    | {"enabled": false, "pixelId": $}                  | pixelId                 | 1   | 64   | C
            PUT /projects/PROJECT/layers/meta_ads/capi      | {"enabled": false, "pixelId": "7", "accessToken": $} | accessToken          | 1   | 4096 | x
            PUT /projects/PROJECT/layers/meta_ads/capi      | {"enabled": false, "pixelId": "7", "testEventCode": $} | testEventCode      | 0   | 64   | 😀
            PUT /projects/PROJECT/layers/meta_ads/capi      | {"enabled": false, "pixelId": "7", "eventMap": {"a": $}} | eventMap         | 1   | 50   | 😀
            PUT /projects/PROJECT/layers/meta_ads/capi      | {"enabled": false, "pixelId": "7", "eventMap": {$: null}} | eventMap        | 1   | 128  | 😀
            PATCH /webhook-endpoints/ENDPOINT               | {"description": $}                                | description             | 0   | 500  | 😀
            POST /projects/PROJECT/dead-letters/replay      | {"reason": $}                                     | reason                  | 1   | 256  | 😀
            POST /projects/PROJECT/dead-letters/replay      | {"appId": $}                                      | appId                   | 1   | 256  | 😀
            POST /projects/PROJECT/dead-letters/replay      | {"eventNames": [$]}                               | eventNames              | 1   | 256  | 😀
            """)
    void aText(String call, String template, String field, int least, int most, String unit) throws Exception {
        rig.taken(call, template, LimitRig.text(unit, most));
        rig.refused(call, template, LimitRig.text(unit, most + 1), field);
        rig.taken(call, template, LimitRig.text(unit, least));
        if (least > 0) {
            rig.refused(call, template, LimitRig.text(unit, least - 1), field);
        }
    }

    /// Bytes of the whole object, which has one member.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PATCH /projects/PROJECT              | {"metadata": $}     | metadata     | 8192
            PATCH /projects/PROJECT/sdk-apps/APP | {"remoteConfig": $} | remoteConfig | 16384
            """)
    void anObject(String call, String template, String field, int most) throws Exception {
        int frame = "{\"a\":\"\"}".length();
        rig.taken(call, template, "{\"a\":" + LimitRig.text("x", most - frame) + "}");
        rig.refused(call, template, "{\"a\":" + LimitRig.text("x", most - frame + 1) + "}", field);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POST /organizations               | {"name": "n", "metadata": $}
            PATCH /organizations/CHILD        | {"metadata": $}
            POST /webhook-endpoints           | {"url": "https://hooks.example/v", "events": ["test.ping"], "metadata": $}
            PATCH /webhook-endpoints/ENDPOINT | {"metadata": $}
            """)
    void metadataOfStrings(String call, String template) throws Exception {
        rig.taken(call, template, "{" + LimitRig.text("😀", 40) + ":" + LimitRig.text("😀", 500) + "}");
        rig.refused(call, template, "{" + LimitRig.text("😀", 41) + ":\"v\"}", "metadata");
        rig.refused(call, template, "{\"k\":" + LimitRig.text("😀", 501) + "}", "metadata");
        rig.otherTypes(call, template.replace("$", "{\"k\": $}"), "metadata.k", "string");
        rig.taken(call, template, "{\"" + "😀".repeat(40) + "\": \"\"}");
        rig.taken(call, template, LimitRig.members("\"v\"", 50));
        rig.refused(call, template, LimitRig.members("\"v\"", 51), "metadata");
        rig.taken(call, template, LimitRig.members("\"\"", 50));
        rig.taken(call, template, filling(METADATA_BYTES));
        rig.refused(call, template, filling(METADATA_BYTES + 1), "metadata");
    }

    /// Members that are `bytes` together, each well within its own limit.
    private static String filling(int bytes) {
        StringBuilder members = new StringBuilder("{");
        for (int i = 10; members.length() < bytes - 500; i++) {
            members.append("\"m")
                    .append(i)
                    .append("\":")
                    .append(LimitRig.text("x", 400))
                    .append(',');
        }
        int frame = members.length() + "\"m99\":\"\"}".length();
        return members.append("\"m99\":")
                .append(LimitRig.text("x", bytes - frame))
                .append('}')
                .toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POST /organizations/CHILD/api-keys                  | {"name": "n", "scopes": $}                             | scopes         | 1 | 64 | "ads:read"
            POST /organizations/CHILD/api-keys                  | {"name": "n", "scopes": ["ads:read"], "returnUrls": $} | returnUrls     | 0 | 20 | "https://a.example/#"
            POST /projects/PROJECT/sdk-apps/APP/verify-tracking | {"expectedEvents": $}                                  | expectedEvents | 1 | 50 | "event_#"
            PATCH /webhook-endpoints/ENDPOINT                   | {"events": $}                                          | events         | 1 | 50 | "test.ping"
            POST /projects/PROJECT/dead-letters/replay          | {"eventNames": $}                                      | eventNames     | 1 | 50 | "event_#"
            """)
    void aList(String call, String template, String field, int least, int most, String element) throws Exception {
        rig.taken(call, template, LimitRig.array(element, most));
        rig.refused(call, template, LimitRig.array(element, most + 1), field);
        rig.taken(call, template, LimitRig.array(element, least));
        if (least > 0) {
            rig.refused(call, template, LimitRig.array(element, least - 1), field);
        }
    }

    @Test
    void projectsToMigrate() throws Exception {
        String projects = IntStream.range(0, 100).mapToObj(this::project).collect(Collectors.joining(","));
        rig.refused(MIGRATE, "{\"projectIds\": $}", "[" + projects + ",\"" + rig.project + "\"]", "projectIds");
        rig.refused(MIGRATE, "{\"projectIds\": $}", "[]", "projectIds");
        rig.taken(MIGRATE, "{\"projectIds\": $}", "[" + projects + "]");
    }

    private String project(int number) {
        try {
            return "\"" + rig.post("/projects", "{\"name\": \"p" + number + "\", \"timezone\": \"UTC\"}", "id") + "\"";
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void membersOfAnEventMap() throws Exception {
        String template = "{\"enabled\": false, \"pixelId\": null, \"eventMap\": $}";
        rig.taken(LAYER, template, LimitRig.members("\"Lead\"", 200));
        rig.refused(LAYER, template, LimitRig.members("\"Lead\"", 201), "eventMap");
    }

    @Test
    void aHostName() throws Exception {
        String template = "{\"name\": \"n\", \"platform\": \"web\", \"webDomain\": $}";
        String labels = ("a".repeat(63) + ".").repeat(3);
        rig.taken("POST /projects/PROJECT/sdk-apps", template, "\"" + labels + "b".repeat(61) + "\"");
        rig.refused("POST /projects/PROJECT/sdk-apps", template, "\"" + labels + "b".repeat(62) + "\"", "webDomain");
    }

    @Test
    void anAddressOfAReceiver() throws Exception {
        String base = "https://hooks.example/";
        String url = "\"" + base + "x".repeat(2048 - base.length()) + "\"";
        for (String call : new String[] {"POST /webhook-endpoints", "PATCH /webhook-endpoints/ENDPOINT"}) {
            rig.taken(call, "{\"events\": [\"test.ping\"], \"url\": $}", url);
            rig.refused(call, "{\"events\": [\"test.ping\"], \"url\": $}", url.replace("/x", "/xx"), "url");
        }
    }

    @Test
    void anAddressToReturnTo() throws Exception {
        String template = "{\"name\": \"n\", \"scopes\": [\"ads:read\"], \"returnUrls\": [$]}";
        String base = "https://a.example/";
        rig.taken(KEYS, template, "\"" + base + "x".repeat(2048 - base.length()) + "\"");
        rig.refused(KEYS, template, "\"" + base + "x".repeat(2049 - base.length()) + "\"", "returnUrls");
    }

    @Test
    void anEmptyBodyIsAllowedForVerifyTrackingOnly() throws Exception {
        assertThat(rig.send(VERIFY, "").status()).isEqualTo(200);
        rig.refused("PATCH /projects/PROJECT/sdk-apps/APP", "$", "{}", "");
        rig.refused(KEYS, "{\"scopes\": $}", "[\"ads:read\"]", "name");
        rig.refused(KEYS, "{\"name\": $}", "\"n\"", "scopes");
        rig.refused(LAYER, "{\"enabled\": $}", "false", "pixelId");
        rig.refused(LAYER, "{\"pixelId\": $}", "null", "enabled");
    }
}
