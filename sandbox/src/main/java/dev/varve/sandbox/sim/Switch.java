package dev.varve.sandbox.sim;

import java.util.List;
import java.util.Optional;

/// What can be switched about one platform beyond faults. A value is `true`/`false`, one of some words, or a number.
public enum Switch {
    META_STRICT_VERSION(SimPlatform.META, "strictVersion", "false", "true|false"),
    META_INDEX_HINT(SimPlatform.META, "indexHint", "false", "true|false"),
    META_AGE_CHECK_FIRST(SimPlatform.META, "ageCheckFirst", "true", "true|false"),
    META_SERVER_DEDUP(SimPlatform.META, "serverDedup", "true", "true|false"),
    META_THROTTLE_STATUS(SimPlatform.META, "throttleStatus", "400", "400|403|429"),
    META_USAGE_HEADERS(SimPlatform.META, "usageHeaders", "true", "true|false"),
    META_NO_PERMISSION_CODE(SimPlatform.META, "noPermissionCode", "200", "200|10|100/33"),
    META_CONSOLIDATED(SimPlatform.META, "consolidated", "true", "true|false"),
    META_STATS_LAG_SECONDS(SimPlatform.META, "statsLagSeconds", "0", "number"),
    TIKTOK_ERROR_INDEX_STYLE(SimPlatform.TIKTOK, "errorIndexStyle", "Batch", "Batch|brackets|none"),
    TIKTOK_AUTH_STATUS(SimPlatform.TIKTOK, "authStatus", "200", "200|401"),
    TIKTOK_THROTTLE_STATUS(SimPlatform.TIKTOK, "throttleStatus", "200", "200|401"),
    TIKTOK_EMPTY_DATA_OK(SimPlatform.TIKTOK, "emptyDataOk", "false", "true|false"),
    TIKTOK_PARAMS_BEFORE_TOKEN(SimPlatform.TIKTOK, "paramsBeforeToken", "false", "true|false"),
    TIKTOK_STRICT_PAGE(SimPlatform.TIKTOK, "strictPage", "true", "true|false"),
    TIKTOK_MAX_EVENT_AGE_DAYS(SimPlatform.TIKTOK, "maxEventAgeDays", "0", "number"),
    TIKTOK_PARTIAL_SUCCESS(SimPlatform.TIKTOK, "partialSuccess", "false", "true|false"),
    TIKTOK_STORE_VALID_ON_ERROR(SimPlatform.TIKTOK, "storeValidOnError", "false", "true|false"),
    TIKTOK_DUPLICATE_CODE(SimPlatform.TIKTOK, "duplicateCode", "false", "true|false"),
    TIKTOK_TOKEN_SCOPE(SimPlatform.TIKTOK, "tokenScope", "oauth", "oauth|events_manager"),
    TIKTOK_TOTAL_COUNT_ZERO(SimPlatform.TIKTOK, "totalCountZero", "false", "true|false"),
    TIKTOK_TEST_EVENTS_COUNT(SimPlatform.TIKTOK, "testEventsCount", "false", "true|false"),
    TIKTOK_REQUESTS_PER_SECOND(SimPlatform.TIKTOK, "requestsPerSecond", "1000", "number");

    private final SimPlatform platform;
    private final String key;
    private final String initial;
    private final String allowed;

    Switch(SimPlatform platform, String key, String initial, String allowed) {
        this.platform = platform;
        this.key = key;
        this.initial = initial;
        this.allowed = allowed;
    }

    public SimPlatform platform() {
        return platform;
    }

    public String key() {
        return key;
    }

    public String initial() {
        return initial;
    }

    public String allowed() {
        return allowed;
    }

    boolean allows(String value) {
        return allowed.equals("number")
                ? value.matches("[0-9]{1,9}")
                : List.of(allowed.split("\\|")).contains(value);
    }

    static Optional<Switch> find(SimPlatform platform, String key) {
        for (Switch one : values()) {
            if (one.platform == platform && one.key.equals(key)) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }
}
