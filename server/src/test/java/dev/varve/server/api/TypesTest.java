package dev.varve.server.api;

import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every member of every body has one type, and takes null only where a `?` stands: what is of another kind is refused
/// with the member's name and what came. Members of an event: `EventLimitsTest`.
@SuppressWarnings("NullAway.Init")
class TypesTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private static LimitRig rig;

    @BeforeAll
    static void open() throws Exception {
        rig = new LimitRig(api);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POST /organizations | {"name": $} | name | string
            PATCH /organizations/CHILD | {"name": $} | name | string
            POST /organizations | {"name": "n", "metadata": $} | metadata | object?
            POST /organizations | {"name": "n", "billingEmail": $} | billingEmail | string?
            PATCH /organizations/CHILD | {"name": "n", "metadata": $} | metadata | object?
            PATCH /organizations/CHILD | {"name": "n", "billingEmail": $} | billingEmail | string?
            POST /organizations/CHILD/projects/migrate | {"projectIds": $} | projectIds | strings
            POST /organizations/CHILD/api-keys | {"name": $, "scopes": ["ads:read"]} | name | string
            POST /organizations/CHILD/api-keys | {"name": "n", "scopes": $} | scopes | strings
            POST /organizations/CHILD/api-keys | {"name": "n", "scopes": ["ads:read"], "env": $} | env | string
            POST /organizations/CHILD/api-keys | {"name": "n", "scopes": ["ads:read"], "returnUrls": $} | returnUrls | strings
            POST /organizations/CHILD/api-keys | {"name": "n", "scopes": ["ads:read"], "rateLimitTier": $} | rateLimitTier | string
            POST /projects | {"name": $, "timezone": "UTC"} | name | string
            POST /projects | {"name": "n", "timezone": $} | timezone | string
            PATCH /projects/PROJECT | {"name": $} | name | string
            PATCH /projects/PROJECT | {"timezone": $} | timezone | string
            POST /projects | {"name": "n", "timezone": "UTC", "primaryLanguage": $} | primaryLanguage | string
            PATCH /projects/PROJECT | {"primaryLanguage": $} | primaryLanguage | string
            POST /projects | {"name": "n", "timezone": "UTC", "customerExternalId": $} | customerExternalId | string?
            PATCH /projects/PROJECT | {"customerExternalId": $} | customerExternalId | string?
            POST /projects | {"name": "n", "timezone": "UTC", "ownerEmail": $} | ownerEmail | string
            PATCH /projects/PROJECT | {"ownerEmail": $} | ownerEmail | string
            POST /projects | {"name": "n", "timezone": "UTC", "appName": $} | appName | string?
            PATCH /projects/PROJECT | {"appName": $} | appName | string?
            POST /projects | {"name": "n", "timezone": "UTC", "appDescription": $} | appDescription | string?
            PATCH /projects/PROJECT | {"appDescription": $} | appDescription | string?
            POST /projects | {"name": "n", "timezone": "UTC", "tagline": $} | tagline | string?
            PATCH /projects/PROJECT | {"tagline": $} | tagline | string?
            POST /projects | {"name": "n", "timezone": "UTC", "brandVoice": $} | brandVoice | string?
            PATCH /projects/PROJECT | {"brandVoice": $} | brandVoice | string?
            POST /projects | {"name": "n", "timezone": "UTC", "targetGender": $} | targetGender | string
            PATCH /projects/PROJECT | {"targetGender": $} | targetGender | string
            POST /projects | {"name": "n", "timezone": "UTC", "platformIosBundleId": $} | platformIosBundleId | string?
            PATCH /projects/PROJECT | {"platformIosBundleId": $} | platformIosBundleId | string?
            POST /projects | {"name": "n", "timezone": "UTC", "platformAndroidBundleId": $} | platformAndroidBundleId | string?
            PATCH /projects/PROJECT | {"platformAndroidBundleId": $} | platformAndroidBundleId | string?
            POST /projects | {"name": "n", "timezone": "UTC", "platformWebDomain": $} | platformWebDomain | string?
            PATCH /projects/PROJECT | {"platformWebDomain": $} | platformWebDomain | string?
            POST /projects | {"name": "n", "timezone": "UTC", "metadata": $} | metadata | object?
            PATCH /projects/PROJECT | {"metadata": $} | metadata | object?
            PATCH /projects/PROJECT | {"status": $} | status | string
            POST /projects/PROJECT/sdk-apps | {"name": $, "platform": "expo"} | name | string
            POST /projects/PROJECT/sdk-apps | {"name": "n", "platform": $} | platform | string
            POST /projects/PROJECT/sdk-apps | {"name": "n", "platform": "web", "webDomain": $} | webDomain | string
            POST /projects/PROJECT/sdk-apps | {"name": "n", "platform": "expo", "bundleId": $} | bundleId | string
            POST /projects/PROJECT/sdk-apps | {"name": "n", "platform": "expo", "androidPackage": $} | androidPackage | string
            POST /projects/PROJECT/sdk-apps | {"name": "n", "platform": "expo", "appStoreId": $} | appStoreId | string?
            POST /projects/PROJECT/sdk-apps | {"name": "n", "platform": "expo", "appId": $} | appId | string
            PATCH /projects/PROJECT/sdk-apps/APP | {"name": $} | name | string
            PATCH /projects/PROJECT/sdk-apps/APP | {"bundleId": $} | bundleId | string
            PATCH /projects/PROJECT/sdk-apps/APP | {"androidPackage": $} | androidPackage | string
            PATCH /projects/PROJECT/sdk-apps/APP | {"appStoreId": $} | appStoreId | string?
            PATCH /projects/PROJECT/sdk-apps/APP | {"rotateKey": $} | rotateKey | bool
            PATCH /projects/PROJECT/sdk-apps/APP | {"requireIngestKey": $} | requireIngestKey | bool
            PATCH /projects/PROJECT/sdk-apps/APP | {"remoteConfig": $} | remoteConfig | object?
            PATCH /projects/PROJECT/sdk-apps/APP | {"capi": $} | capi | object
            PATCH /projects/PROJECT/sdk-apps/SITE | {"webDomain": $} | webDomain | string
            PATCH /projects/PROJECT/sdk-apps/APP | {"capi": {"meta": $}} | capi.meta | object
            PATCH /projects/PROJECT/sdk-apps/APP | {"capi": {"meta": {"enabled": $}}} | capi.meta.enabled | bool
            PATCH /projects/PROJECT/sdk-apps/APP | {"capi": {"tiktok": $}} | capi.tiktok | object
            PATCH /projects/PROJECT/sdk-apps/APP | {"capi": {"tiktok": {"enabled": $}}} | capi.tiktok.enabled | bool
            PATCH /projects/PROJECT/sdk-apps/APP | {"capi": {"apple": $}} | capi.apple | object
            PATCH /projects/PROJECT/sdk-apps/APP | {"capi": {"apple": {"enabled": $}}} | capi.apple.enabled | bool
            POST /projects/PROJECT/sdk-apps/APP/verify-tracking | {"expectedEvents": $} | expectedEvents | strings
            POST /projects/PROJECT/sdk-apps/APP/verify-tracking | {"sampleEventName": $} | sampleEventName | string
            POST /projects/PROJECT/sdk-apps/APP/verify-tracking | {"testEventCode": $} | testEventCode | object
            POST /projects/PROJECT/sdk-apps/APP/verify-tracking | {"testEventCode": {"meta": $}} | testEventCode.meta | string
            POST /projects/PROJECT/sdk-apps/APP/verify-tracking | {"testEventCode": {"tiktok": $}} | testEventCode.tiktok | string
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": $, "pixelId": null} | enabled | bool
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": $} | pixelId | string?
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": null, "accessToken": $} | accessToken | string?
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": null, "testEventCode": $} | testEventCode | string?
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": null, "eventMap": $} | eventMap | object?
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": null, "actionSource": $} | actionSource | string?
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": null, "defaultCountry": $} | defaultCountry | string?
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": null, "dataProcessingOptions": $} | dataProcessingOptions | object?
            PUT /projects/PROJECT/layers/tiktok_ads/capi | {"enabled": $, "pixelId": null} | enabled | bool
            PUT /projects/PROJECT/layers/tiktok_ads/capi | {"enabled": false, "pixelId": $} | pixelId | string?
            PUT /projects/PROJECT/layers/tiktok_ads/capi | {"enabled": false, "pixelId": null, "accessToken": $} | accessToken | string?
            PUT /projects/PROJECT/layers/tiktok_ads/capi | {"enabled": false, "pixelId": null, "testEventCode": $} | testEventCode | string?
            PUT /projects/PROJECT/layers/tiktok_ads/capi | {"enabled": false, "pixelId": null, "eventMap": $} | eventMap | object?
            PUT /projects/PROJECT/layers/tiktok_ads/capi | {"enabled": false, "pixelId": null, "actionSource": $} | actionSource | string?
            PUT /projects/PROJECT/layers/tiktok_ads/capi | {"enabled": false, "pixelId": null, "defaultCountry": $} | defaultCountry | string?
            PUT /projects/PROJECT/layers/tiktok_ads/capi | {"enabled": false, "pixelId": null, "dataProcessingOptions": $} | dataProcessingOptions | object?
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": null, "eventMap": {"a": $}} | eventMap.a | string?
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": null, "dataProcessingOptions": {"options": $}} | dataProcessingOptions.options | strings
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": null, "dataProcessingOptions": {"options": [], "country": $}} | dataProcessingOptions.country | int
            PUT /projects/PROJECT/layers/meta_ads/capi | {"enabled": false, "pixelId": null, "dataProcessingOptions": {"options": [], "state": $}} | dataProcessingOptions.state | int
            POST /webhook-endpoints | {"url": $, "events": ["test.ping"]} | url | string
            POST /webhook-endpoints | {"url": "https://hooks.example/v", "events": $} | events | strings
            PATCH /webhook-endpoints/ENDPOINT | {"url": $} | url | string
            PATCH /webhook-endpoints/ENDPOINT | {"events": $} | events | strings
            PATCH /webhook-endpoints/ENDPOINT | {"status": $} | status | string
            POST /webhook-endpoints | {"url": "https://hooks.example/v", "events": ["test.ping"], "description": $} | description | string?
            PATCH /webhook-endpoints/ENDPOINT | {"description": $} | description | string?
            POST /webhook-endpoints | {"url": "https://hooks.example/v", "events": ["test.ping"], "metadata": $} | metadata | object?
            PATCH /webhook-endpoints/ENDPOINT | {"metadata": $} | metadata | object?
            POST /webhook-endpoints | {"url": "https://hooks.example/v", "events": ["test.ping"], "scope": $} | scope | string
            PATCH /webhook-endpoints/ENDPOINT | {"scope": $} | scope | string
            POST /webhook-endpoints | {"url": "https://hooks.example/v", "events": ["test.ping"], "projectId": $} | projectId | string
            POST /projects/PROJECT/dead-letters/replay | {"dryRun": $} | dryRun | bool
            POST /projects/PROJECT/dead-letters/replay | {"platform": $} | platform | string
            POST /projects/PROJECT/dead-letters/replay | {"reason": $} | reason | string
            POST /projects/PROJECT/dead-letters/replay | {"appId": $} | appId | string
            POST /projects/PROJECT/dead-letters/replay | {"eventNames": $} | eventNames | strings
            POST /projects/PROJECT/dead-letters/replay | {"since": $} | since | string
            POST /projects/PROJECT/dead-letters/replay | {"until": $} | until | string
            POST /projects/PROJECT/events/preview | {"event": EVENT, "sdkAppId": $} | sdkAppId | string
            POST /projects/PROJECT/events/preview | {"sdkAppId": "APP", "event": $} | event | object
            """)
    void aType(String call, String template, String field, String type) throws Exception {
        String event = "{\"name\": \"n\", \"occurredAt\": \"" + Instant.now() + "\"}";
        rig.otherTypes(call, template.replace("EVENT", event), field, type);
    }
}
