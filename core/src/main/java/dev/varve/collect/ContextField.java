package dev.varve.collect;

import dev.varve.identity.FieldKind;
import org.jspecify.annotations.Nullable;

/// A fact about device, app or visit with a place of its own in an event's context.
enum ContextField implements EventMember {
    OS_VERSION("os_version", "osVersion", null),
    APP_VERSION("app_version", "appVersion", null),
    DEVICE_MODEL("device_model", "deviceModel", null),
    LOCALE("locale", "locale", FieldKind.LOCALE),
    ANONYMOUS_ID("anonymous_id", "anonymousId", FieldKind.ANONYMOUS_ID),
    GROUP_ID("group_id", "groupId", null),
    IDFA("idfa", "idfa", FieldKind.IDFA),
    IDFV("idfv", "idfv", FieldKind.IDFV),
    GAID("gaid", "gaid", FieldKind.GAID),
    ATT_STATUS("att_status", "attStatus", FieldKind.ATT_STATUS),
    CLICK_ID_PARAM("click_id_param", "clickIdParam", null),
    DEEPLINK_ID("deeplink_id", "deeplinkId", null),
    CAMPAIGN_HINT("campaign_hint", "campaignHint", null),
    REFERRER("referrer", "referrer", FieldKind.REFERRER),
    REFERRER_SOURCE("referrer_source", "referrerSource", null),
    INSTALL_SOURCE("install_source", "installSource", null),
    BUILD_NUMBER("build_number", "buildNumber", null),
    SCREEN_SIZE("screen_size", "screenSize", null),
    TIMEZONE("timezone", "timezone", null),
    COUNTRY_CODE("country_code", "countryCode", FieldKind.COUNTRY),
    SUBDIVISION1_CODE("subdivision1_code", "subdivision1Code", FieldKind.STATE);

    final String sdkName;
    final String contextName;
    final @Nullable FieldKind kind;

    ContextField(String sdkName, String contextName, @Nullable FieldKind kind) {
        this.sdkName = sdkName;
        this.contextName = contextName;
        this.kind = kind;
    }
}
