package dev.varve.server.api;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Where a member takes words of a list, of a form or numbers of a range: each listed one is taken, others are refused
/// with the member's name.
@SuppressWarnings("NullAway.Init")
class WordsTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private static LimitRig rig;

    @BeforeAll
    static void open() throws Exception {
        rig = new LimitRig(api);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PATCH /projects/PROJECT | {"brandVoice": $} | brandVoice | "authentic" "witty" "professional" "warm" "casual" "educational" | "loud" "" "Warm"
            PATCH /projects/PROJECT | {"targetGender": $} | targetGender | "female" "male" "all" | "other" ""
            PATCH /projects/PROJECT | {"status": $} | status | "archived" "active" | "suspended" ""
            PATCH /projects/PROJECT | {"primaryLanguage": $} | primaryLanguage | "pt-BR" "zh-Hant-TW" "en" | "" "12" "en_US"
            PATCH /projects/PROJECT | {"timezone": $} | timezone | "Europe/Lisbon" "UTC" | "Mars/Olympus" "" "europe/lisbon"
            PATCH /projects/PROJECT | {"ownerEmail": $} | ownerEmail | "mara@harborlane.example" | "mara" "" "a@b"
            POST /projects | {"name": "n", "timezone": "UTC", "brandVoice": $} | brandVoice | "warm" | "loud"
            POST /projects | {"name": "n", "timezone": "UTC", "targetGender": $} | targetGender | "female" | "other"
            PATCH /organizations/CHILD | {"billingEmail": $} | billingEmail | "accounts@harborlane.example" | "accounts" ""
            POST /organizations/CHILD/api-keys | {"name": "n", "scopes": [$]} | scopes | "projects:read" "projects:write" "sdk:write" "events:read" "events:write" "ads:read" "ads:write:capi" "metrics:read" "ads:write" "*" | "ads:delete" "" "Ads:read"
            POST /organizations/CHILD/api-keys | {"name": "n", "scopes": ["ads:read"], "env": $} | env | "live" "test" | "production" ""
            POST /organizations/CHILD/api-keys | {"name": "n", "scopes": ["ads:read"], "returnUrls": [$]} | returnUrls | "https://a.example/back" | "http://a.example/back" "a" ""
            POST /organizations/CHILD/api-keys | {"name": "n", "scopes": ["ads:read"], "rateLimitTier": $} | rateLimitTier | "standard" "pilot" "partner" "internal" | "gold" "sandbox" ""
            POST /projects/PROJECT/sdk-apps | {"name": "n", "bundleId": "b", "androidPackage": "a", "appStoreId": "1", "platform": $} | platform | "expo" |
            POST /projects/PROJECT/sdk-apps | {"name": "n", "bundleId": "b", "androidPackage": "a", "appStoreId": "1", "platform": $} | platform | "react-native" |
            POST /projects/PROJECT/sdk-apps | {"name": "n", "bundleId": "b", "androidPackage": "a", "appStoreId": "1", "platform": $} | platform | "flutter" |
            POST /projects/PROJECT/sdk-apps | {"name": "n", "bundleId": "b", "platform": $} | platform | "ios" | "windows" ""
            POST /projects/PROJECT/sdk-apps | {"name": "n", "androidPackage": "b", "platform": $} | platform | "android" |
            POST /projects/PROJECT/sdk-apps | {"name": "n", "webDomain": "a.example", "platform": $} | platform | "web" "nextjs" "vite" "react-router" |
            POST /projects/PROJECT/sdk-apps | {"name": "n", "platform": "expo", "appId": $} | appId | "app_0123456789abcdef01234567" | "app_0123456789abcdef0123456" "app_0123456789ABCDEF01234567" ""
            PATCH /projects/PROJECT/sdk-apps/APP | {"appStoreId": $} | appStoreId | "6470011822" | "64700x" ""
            PATCH /projects/PROJECT/sdk-apps/SITE | {"appStoreId": $} | appStoreId | null | "1"
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": null, "actionSource": $} | actionSource | "website" "app" "email" "phone_call" "chat" "physical_store" "system_generated" "business_messaging" "other" | "web" "crm" "" "Website"
            PUT /projects/PROJECT/layers/tiktok_ads/capi | {"enabled": false, "pixelId": null, "actionSource": $} | actionSource | "web" "app" "offline" "crm" | "website" "other" ""
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": null, "defaultCountry": $} | defaultCountry | "PT" "US" | "XX" "pt" "PRT" ""
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": null, "dataProcessingOptions": {"options": $, "country": 0, "state": 0}} | dataProcessingOptions.options | [] ["LDU"] | ["ldu"] ["LDU","LDU"] [""]
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": null, "dataProcessingOptions": {"options": [], "country": $, "state": 0}} | dataProcessingOptions.country | 0 1 | 2 -1
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": null, "dataProcessingOptions": {"options": ["LDU"], "country": 1, "state": $}} | dataProcessingOptions.state | 0 1000 1010 | 7 -1 999 1011 2147483647
            PUT /projects/PROJECT/layers/tiktok_ads/capi | {"enabled": false, "pixelId": null, "dataProcessingOptions": {"options": ["LDU"], "country": 1, "state": $}} | dataProcessingOptions.state | 0 7 | "x"
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": null, "dataProcessingOptions": {"options": [], "country": 0, "state": $}} | dataProcessingOptions.state | 0 1000 2147483647 -2147483648 | 2147483648 -2147483649
            PATCH /webhook-endpoints/ENDPOINT | {"events": [$]} | events | "sdk.tracking_unhealthy" "sdk.tracking_recovered" "capi.status_changed" "capi.dead_lettered" "project.created" "project.archived" "sdk_app.created" "sdk_app.key_rotated" "credits.low" "ads.pending_created" "ads.pending_decided" "test.ping" | "sdk.unknown" ""
            PATCH /webhook-endpoints/ENDPOINT | {"scope": $} | scope | "all_children" "own" | "children" ""
            PATCH /webhook-endpoints/ENDPOINT | {"status": $} | status | "paused" "active" | "auto_paused" ""
            POST /projects/PROJECT/dead-letters/replay | {"platform": $} | platform | "meta" "tiktok" "apple" "meta_ads" "tiktok_ads" "apple_ads" | "" "Meta"
            POST /projects/PROJECT/dead-letters/replay | {"since": $} | since | "2026-11-04T16:00:00Z" "2026-11-04T16:00:00.123456789+01:00" | "2026-11-04T16:00:00" "noon" ""
            POST /projects/PROJECT/dead-letters/replay | {"until": $} | until | "2026-11-04T16:00:00Z" | "2026-11-04" ""
            POST /projects/PROJECT/dead-letters/replay | {"dryRun": $} | dryRun | true |
            """)
    void aWord(String call, String template, String field, @Nullable String listed, @Nullable String others)
            throws Exception {
        for (String value : values(listed)) {
            rig.taken(call, template, value);
        }
        for (String value : values(others)) {
            rig.refused(call, template, value, field);
        }
    }

    private static String[] values(@Nullable String text) {
        return text == null ? new String[0] : text.split(" ");
    }
}
