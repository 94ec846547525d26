package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.server.api.ApiFixture.Reply;
import java.io.IOException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// An app's switch turns the layer on as it was checked, or not at all; it leaves behind what a PUT of the layer
/// leaves.
@SuppressWarnings("NullAway.Init")
class LayerSwitchTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private static final String PIXEL = "550118274406913";

    private RelayDepth shop;

    @BeforeEach
    void open() throws Exception {
        api.audit.keepsRequests = false;
        api.whileAsked.clear();
        shop = RelayDepth.open(api);
    }

    @Test
    void aTokenDeletedWhileThePlatformIsAskedIsMissed() throws Exception {
        put("good", false);
        api.whileAsked.add(() -> put(null, false));

        Reply reply = patch("meta", true);

        assertThat(reply.status()).as(reply.raw().body()).isEqualTo(409);
        assertThat(reply.body().at("/error/details/missing").toString())
                .isEqualTo("[{\"platform\":\"meta\",\"fields\":[\"accessToken\"]}]");
        assertThat(layer().path("enabled").asBoolean()).isFalse();
        assertThat(shop.get("/sdk-apps/" + shop.app()).body().path("capi")).isEmpty();
    }

    @Test
    void aTokenReplacedWhileThePlatformIsAskedIsAskedAbout() throws Exception {
        put("good", false);
        api.whileAsked.add(() -> put("bad", false));
        assertThat(patch("meta", true).status()).isEqualTo(409);
        assertThat(layer().path("enabled").asBoolean()).isFalse();

        put("good", false);
        api.whileAsked.add(() -> put("mild", false));
        assertThat(patch("meta", true).status()).isEqualTo(200);
        assertThat(layer().path("enabled").asBoolean()).isTrue();
    }

    @Test
    void aLayerThatNeverRestsIsBusy() throws Exception {
        put("good", false);
        IntStream.range(0, 10).forEach(_ -> {
            api.whileAsked.add(() -> put("good", false)); // for the question of the PATCH
            api.whileAsked.add(() -> {}); // for that of the PUT within
        });

        Reply reply = patch("meta", true);

        assertThat(reply.status()).isEqualTo(409);
        assertThat(reply.body().at("/error/details/reason").asText()).isEqualTo("busy");
        assertThat(layer().path("enabled").asBoolean()).isFalse();
    }

    @Test
    void whatThePlatformSaidIsKept() throws Exception {
        put("good", false);
        forgetVerdict();
        stopLane();
        api.audit.rows.clear();

        assertThat(patch("meta", true).status()).isEqualTo(200);

        assertThat(layer().path("accessTokenValid").asBoolean()).isTrue();
        assertThat(layer().path("accessTokenLastValidatedAt").isNull()).isFalse();
        assertThat(lane()).isEqualTo("flowing");
        assertThat(data("capi.token_validated")).isEqualTo("{\"platform\":\"meta_ads\",\"valid\":true}");
    }

    @Test
    void aVerdictOnALayerAlreadyOnIsKept() throws Exception {
        put("good", true);
        forgetVerdict();
        api.audit.rows.clear();

        assertThat(patch("meta", true).status()).isEqualTo(200);

        assertThat(layer().path("accessTokenValid").asBoolean()).isTrue();
        assertThat(api.audit.types()).containsExactlyInAnyOrder("sdk_app.updated", "capi.token_validated");
    }

    /// Between `good` and now the platform has only become less talkative.
    @Test
    void aProbeThatCannotTellTakesNoVerdictAway() throws Exception {
        put("good", false);
        renameToken("mild");
        JsonNode before = layer();

        assertThat(patch("meta", true).status()).isEqualTo(200);

        assertThat(layer().path("accessTokenValid").asBoolean()).isTrue();
        assertThat(layer().path("accessTokenLastValidatedAt")).isEqualTo(before.path("accessTokenLastValidatedAt"));
    }

    @Test
    void everyLayerSwitchedIsInTheAuditTrail() throws Exception {
        JsonNode put = put("good", false);
        api.audit.rows.clear();

        patch("meta", true);
        assertThat(data("capi.config_changed")).isEqualTo("{\"fields\":[\"enabled\"],\"platform\":\"meta_ads\"}");
        JsonNode row = rows("capi.config_changed").get(0);
        assertThat(row.path("subjectType").asText()).isEqualTo("layer");
        assertThat(row.path("subjectId")).isEqualTo(put.path("layerId"));

        patch("meta", true);
        assertThat(rows("capi.config_changed")).hasSize(1);

        patch("meta", false);
        assertThat(rows("capi.config_changed")).hasSize(2);
        patch("meta", false);
        assertThat(rows("capi.config_changed")).hasSize(2);
    }

    private Reply patch(String platform, boolean enabled) throws Exception {
        return api.call(
                "PATCH",
                "/projects/" + shop.project() + "/sdk-apps/" + shop.app(),
                shop.key(),
                "{\"capi\":{\"" + platform + "\":{\"enabled\":" + enabled + "}}}");
    }

    private JsonNode put(@Nullable String token, boolean enabled) {
        String body = Json.object()
                .put("enabled", enabled)
                .put("pixelId", PIXEL)
                .put("accessToken", token)
                .toString();
        try {
            Reply reply = api.call("PUT", "/projects/" + shop.project() + "/layers/meta_ads/capi", shop.key(), body);
            assertThat(reply.status()).as(reply.raw().body()).isEqualTo(200);
            return reply.body();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private JsonNode layer() throws Exception {
        return shop.get("/layers/meta_ads/capi").body();
    }

    private void forgetVerdict() {
        update("update layer set access_token_valid = false, access_token_validated_at = null where project_id = ?");
    }

    private void renameToken(String token) {
        String stored = new StringBuilder(token).reverse().toString(); // as the vault of the fixture does
        update("update vault_entry set ciphertext = '" + stored
                + "'::bytea where id in (select access_token_id from layer where project_id = ?)");
    }

    private void stopLane() {
        update("insert into destination_state (project_id, platform, state, broken_reason)"
                + " values (?, 0, 'stopped', 'TOKEN')");
    }

    private void update(String sql) {
        api.database.jdbi().useHandle(handle -> handle.execute(sql, shop.projectId()));
    }

    private String lane() {
        return api.database.jdbi().withHandle(handle -> handle.createQuery(
                        "select state from destination_state where project_id = ?")
                .bind(0, shop.projectId())
                .mapTo(String.class)
                .one());
    }

    private String data(String eventType) throws Exception {
        JsonNode rows = rows(eventType);
        assertThat(rows).hasSize(1);
        return rows.at("/0/data").toString();
    }

    private JsonNode rows(String eventType) throws Exception {
        return api.call("GET", "/audit-log?eventType=" + eventType, shop.key(), null)
                .body()
                .path("items");
    }
}
