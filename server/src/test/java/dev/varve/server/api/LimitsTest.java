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
/// character is one, however many bytes or halves of a pair it takes. Events: `EventLimitsTest`.
@SuppressWarnings("NullAway.Init")
class LimitsTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private static final String MIGRATE = "POST /organizations/CHILD/projects/migrate";
    private static final String KEYS = "POST /organizations/CHILD/api-keys";
    private static final String VERIFY = "POST /projects/PROJECT/sdk-apps/APP/verify-tracking";
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
            """)
    void aText(String call, String template, String field, int least, int most, String unit) throws Exception {
        rig.taken(call, template, LimitRig.text(unit, most));
        rig.refused(call, template, LimitRig.text(unit, most + 1), field);
        rig.taken(call, template, LimitRig.text(unit, least));
        if (least > 0) {
            rig.refused(call, template, LimitRig.text(unit, least - 1), field);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POST /organizations                 | {"name": $}                                | name                    | string
            PATCH /organizations/CHILD          | {"name": $}                                | name                    | string
            PATCH /organizations/CHILD          | {"metadata": $}                            | metadata                | object?
            PATCH /organizations/CHILD          | {"billingEmail": $}                        | billingEmail            | string?
            POST /organizations/CHILD/projects/migrate | {"projectIds": $}                   | projectIds              | strings
            POST /organizations/CHILD/api-keys  | {"name": $, "scopes": ["ads:read"]}        | name                    | string
            POST /organizations/CHILD/api-keys  | {"name": "n", "scopes": $}                 | scopes                  | strings
            POST /organizations/CHILD/api-keys  | {"name": "n", "scopes": ["ads:read"], "env": $}           | env           | string
            POST /organizations/CHILD/api-keys  | {"name": "n", "scopes": ["ads:read"], "returnUrls": $}    | returnUrls    | strings
            POST /organizations/CHILD/api-keys  | {"name": "n", "scopes": ["ads:read"], "rateLimitTier": $} | rateLimitTier | string
            POST /projects                      | {"name": $, "timezone": "UTC"}             | name                    | string
            POST /projects                      | {"name": "n", "timezone": $}               | timezone                | string
            PATCH /projects/PROJECT             | {"name": $}                                | name                    | string
            PATCH /projects/PROJECT             | {"timezone": $}                            | timezone                | string
            PATCH /projects/PROJECT             | {"primaryLanguage": $}                     | primaryLanguage         | string
            PATCH /projects/PROJECT             | {"customerExternalId": $}                  | customerExternalId      | string?
            PATCH /projects/PROJECT             | {"ownerEmail": $}                          | ownerEmail              | string-
            PATCH /projects/PROJECT             | {"appName": $}                             | appName                 | string?
            PATCH /projects/PROJECT             | {"appDescription": $}                      | appDescription          | string?
            PATCH /projects/PROJECT             | {"tagline": $}                             | tagline                 | string?
            PATCH /projects/PROJECT             | {"brandVoice": $}                          | brandVoice              | string?
            PATCH /projects/PROJECT             | {"targetGender": $}                        | targetGender            | string
            PATCH /projects/PROJECT             | {"platformIosBundleId": $}                 | platformIosBundleId     | string?
            PATCH /projects/PROJECT             | {"platformAndroidBundleId": $}             | platformAndroidBundleId | string?
            PATCH /projects/PROJECT             | {"platformWebDomain": $}                   | platformWebDomain       | string?
            PATCH /projects/PROJECT             | {"metadata": $}                            | metadata                | object?
            PATCH /projects/PROJECT             | {"status": $}                              | status                  | string
            POST /projects/PROJECT/sdk-apps     | {"name": $, "platform": "expo"}            | name                    | string
            POST /projects/PROJECT/sdk-apps     | {"name": "n", "platform": $}               | platform                | string
            POST /projects/PROJECT/sdk-apps     | {"name": "n", "platform": "expo", "appId": $}             | appId          | string-
            POST /projects/PROJECT/sdk-apps     | {"name": "n", "platform": "expo", "appStoreId": $}        | appStoreId     | string?
            POST /projects/PROJECT/sdk-apps     | {"name": "n", "platform": "expo", "bundleId": $}          | bundleId       | string
            PATCH /projects/PROJECT/sdk-apps/APP | {"name": $}                               | name                    | string
            PATCH /projects/PROJECT/sdk-apps/APP | {"bundleId": $}                           | bundleId                | string
            PATCH /projects/PROJECT/sdk-apps/APP | {"androidPackage": $}                     | androidPackage          | string
            PATCH /projects/PROJECT/sdk-apps/APP | {"appStoreId": $}                         | appStoreId              | string?
            PATCH /projects/PROJECT/sdk-apps/APP | {"capi": $}                               | capi                    | object
            PATCH /projects/PROJECT/sdk-apps/APP | {"capi": {"meta": $}}                     | capi.meta               | object
            PATCH /projects/PROJECT/sdk-apps/APP | {"capi": {"apple": {"enabled": $}}}       | capi.apple.enabled      | bool
            PATCH /projects/PROJECT/sdk-apps/APP | {"rotateKey": $}                          | rotateKey               | bool
            PATCH /projects/PROJECT/sdk-apps/APP | {"requireIngestKey": $}                   | requireIngestKey        | bool
            PATCH /projects/PROJECT/sdk-apps/APP | {"remoteConfig": $}                       | remoteConfig            | object?
            POST /projects/PROJECT/sdk-apps/APP/verify-tracking | {"expectedEvents": $}      | expectedEvents          | strings
            POST /projects/PROJECT/sdk-apps/APP/verify-tracking | {"sampleEventName": $}     | sampleEventName         | string
            POST /projects/PROJECT/sdk-apps/APP/verify-tracking | {"testEventCode": $}       | testEventCode           | object-
            POST /projects/PROJECT/sdk-apps/APP/verify-tracking | {"testEventCode": {"meta": $}} | testEventCode.meta  | string-
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": $, "pixelId": null}            | enabled       | bool
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": $}           | pixelId       | string?
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": null, "accessToken": $}    | accessToken    | string?
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": null, "testEventCode": $}  | testEventCode  | string?
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": null, "eventMap": $}       | eventMap       | object?
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": null, "eventMap": {"a": $}} | eventMap      | string?
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": null, "actionSource": $}   | actionSource   | string?
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": null, "defaultCountry": $} | defaultCountry | string?
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": null, "dataProcessingOptions": $} | dataProcessingOptions | object?
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": null, "dataProcessingOptions": {"options": ["LDU"], "country": 1, "state": $}} | dataProcessingOptions | int
            """)
    void aType(String call, String template, String field, String type) throws Exception {
        rig.otherTypes(call, template, field, type);
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

    @Test
    void metadataOfAnOrganization() throws Exception {
        for (String call : new String[] {"POST /organizations", "PATCH /organizations/CHILD"}) {
            String template = "{\"name\": \"n\", \"metadata\": $}";
            rig.taken(call, template, "{" + LimitRig.text("😀", 40) + ":" + LimitRig.text("😀", 500) + "}");
            rig.refused(call, template, "{" + LimitRig.text("😀", 41) + ":\"v\"}", "metadata");
            rig.refused(call, template, "{\"k\":" + LimitRig.text("😀", 501) + "}", "metadata");
            rig.refused(call, template, "{\"k\":7}", "metadata");
            rig.refused(call, template, "{\"k\":null}", "metadata");
            rig.refused(call, template, LimitRig.members("\"v\"", 51), "metadata");
        }
        rig.taken("POST /organizations", "{\"name\": \"n\", \"metadata\": $}", LimitRig.members("\"v\"", 50));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POST /organizations/CHILD/api-keys                  | {"name": "n", "scopes": $}                             | scopes         | 1 | 64 | "ads:read"
            POST /organizations/CHILD/api-keys                  | {"name": "n", "scopes": ["ads:read"], "returnUrls": $} | returnUrls     | 0 | 20 | "https://a.example/#"
            POST /projects/PROJECT/sdk-apps/APP/verify-tracking | {"expectedEvents": $}                                  | expectedEvents | 1 | 50 | "event_#"
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
    void anEmptyBodyIsAllowedForVerifyTrackingOnly() throws Exception {
        assertThat(rig.send(VERIFY, "").status()).isEqualTo(200);
        rig.refused("PATCH /projects/PROJECT/sdk-apps/APP", "$", "{}", "");
        rig.refused(KEYS, "{\"scopes\": $}", "[\"ads:read\"]", "name");
        rig.refused(KEYS, "{\"name\": $}", "\"n\"", "scopes");
        rig.refused(LAYER, "{\"enabled\": $}", "false", "pixelId");
        rig.refused(LAYER, "{\"pixelId\": $}", "null", "enabled");
    }
}
