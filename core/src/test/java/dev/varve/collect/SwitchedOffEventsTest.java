package dev.varve.collect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.collect.CollectOutcome.Collected;
import dev.varve.tenant.RemoteConfig;
import org.junit.jupiter.api.Test;

/// Ingest keeps out what an app's remote configuration switches off, also when its SDK has not heard of it yet.
class SwitchedOffEventsTest {
    private final CollectFixture fixture = new CollectFixture();

    private void configure(String json) throws JsonProcessingException {
        fixture.remoteConfig = RemoteConfig.of((ObjectNode) new JsonMapper().readTree(json));
    }

    @Test
    void aDeniedNameIsRejectedAndTheRequestStillTaken() throws Exception {
        configure("{\"events\":{\"denylist\":[\"purchase_success\"]}}");
        assertThat(fixture.sdk(CollectFixture.sdkBody(""))).isInstanceOfSatisfying(Collected.class, collected -> {
            assertThat(collected.accepted()).isZero();
            assertThat(collected.rejected().getFirst().message()).contains("remote configuration");
        });
        assertThat(fixture.stored).isEmpty();
    }

    @Test
    void onlyAllowedNamesAreStoredWhenThereIsAList() throws Exception {
        configure("{\"events\":{\"allowlist\":[\"sign_up\"]}}");
        fixture.sdk(CollectFixture.sdkBody(""));
        assertThat(fixture.stored).isEmpty();
        configure("{\"events\":{\"allowlist\":[\"sign_up\",\"purchase_success\"]}}");
        fixture.sdk(CollectFixture.sdkBody(""));
        assertThat(fixture.stored).hasSize(1);
    }

    @Test
    void theKillSwitchKeepsOutAllThatTheSdkSendsAndNothingThatServersSend() throws Exception {
        configure("{\"killswitch\":true}");
        fixture.sdk(CollectFixture.sdkBody(""));
        assertThat(fixture.stored).isEmpty();
        fixture.server(CollectFixture.serverBody(""));
        fixture.probe(CollectFixture.sdkBody(""));
        assertThat(fixture.stored).hasSize(2);
    }
}
