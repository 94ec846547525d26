package dev.varve.webhook;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Every kind of notice an endpoint can subscribe to. Stored by its wire name.
public enum WebhookEventType {
    TRACKING_UNHEALTHY("sdk.tracking_unhealthy"),
    TRACKING_RECOVERED("sdk.tracking_recovered"),
    CAPI_STATUS_CHANGED("capi.status_changed"),
    CAPI_DEAD_LETTERED("capi.dead_lettered"),
    PROJECT_CREATED("project.created"),
    PROJECT_ARCHIVED("project.archived"),
    SDK_APP_CREATED("sdk_app.created"),
    SDK_APP_KEY_ROTATED("sdk_app.key_rotated"),
    CREDITS_LOW("credits.low"),
    ADS_PENDING_CREATED("ads.pending_created"),
    ADS_PENDING_DECIDED("ads.pending_decided"),
    TEST_PING("test.ping");

    private final String wireName;

    WebhookEventType(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }

    public static Optional<WebhookEventType> parse(String text) {
        return Arrays.stream(values())
                .filter(type -> type.wireName.equals(text))
                .findFirst();
    }

    public static Set<String> wireNames() {
        return Arrays.stream(values()).map(WebhookEventType::wireName).collect(Collectors.toCollection(TreeSet::new));
    }
}
