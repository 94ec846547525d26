package dev.varve.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class RemoteConfigTest {
    private static final JsonMapper JSON = new JsonMapper();

    private static RemoteConfig of(String overlay) throws IOException {
        return RemoteConfig.of((ObjectNode) JSON.readTree(overlay));
    }

    private static JsonNode data(RemoteConfig config) throws IOException {
        return JSON.readTree(config.document()).path("data");
    }

    @Test
    void withoutSettingsTheDefaultsAreServed() throws Exception {
        JsonNode data = data(RemoteConfig.DEFAULT);
        assertThat(data.path("cache_ttl").asInt()).isEqualTo(300);
        assertThat(data.path("version").isTextual()).isTrue();
        assertThat(data.path("config")).isEqualTo(JSON.readTree("""
                {"events": {"allowlist": [], "denylist": [], "sampling_rate": 1, "per_event_sampling": {}},
                 "clipboard_attribution_enabled": false, "fingerprint_resolve_enabled": false}"""));
    }

    @Test
    void settingsAreLaidOverTheDefaultsKeyByKey() throws Exception {
        JsonNode data = data(of("""
                {"events": {"denylist": ["debug_tick"], "rate_limits": {"global_per_minute": 600}},
                 "skan": {"enabled": true, "preset": "gaming"}, "deeplinks": {"x": 1}, "cache_ttl": 60}"""));
        assertThat(data.path("cache_ttl").asInt()).isEqualTo(60);
        assertThat(data.path("config")).isEqualTo(JSON.readTree("""
                {"events": {"allowlist": [], "denylist": ["debug_tick"], "sampling_rate": 1, "per_event_sampling": {},
                    "rate_limits": {"global_per_minute": 600}},
                 "clipboard_attribution_enabled": false, "fingerprint_resolve_enabled": false,
                 "skan": {"enabled": true, "preset": "gaming"}, "deeplinks": {"x": 1}}"""));
    }

    @Test
    void theKillSwitchAppearsOnlyAsTrue() throws Exception {
        assertThat(data(of("{\"killswitch\":false}")).path("config").has("killswitch"))
                .isFalse();
        assertThat(data(of("{\"killswitch\":\"true\"}")).path("config").has("killswitch"))
                .isFalse();
        assertThat(data(of("{\"killswitch\":true}")).at("/config/killswitch").asBoolean())
                .isTrue();
    }

    @Test
    void aValueOfAnotherTypeThanTheDefaultsLeavesTheDefault() throws Exception {
        RemoteConfig odd = of("{\"events\":[1],\"clipboard_attribution_enabled\":\"yes\",\"cache_ttl\":-1}");
        assertThat(odd.document()).isEqualTo(RemoteConfig.DEFAULT.document());
        assertThat(of("{\"events\":{\"denylist\":\"a\",\"allowlist\":[7,null]}}")
                        .isCollected("a"))
                .isTrue();
    }

    @Test
    void theVersionChangesWithTheDocumentOnly() throws Exception {
        assertThat(of("{}").version()).isEqualTo(RemoteConfig.DEFAULT.version());
        assertThat(of("{\"cache_ttl\":60}").version()).isNotEqualTo(RemoteConfig.DEFAULT.version());
        assertThat(of("{\"att\":{\"a\":1}}").version())
                .isEqualTo(of("{\"att\":{\"a\":1}}").version());
    }
}
