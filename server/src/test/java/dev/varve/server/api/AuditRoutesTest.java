package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.audit.AuditTrail;
import dev.varve.server.api.ApiFixture.Reply;
import dev.varve.tenant.Mode;
import dev.varve.tenant.Organization;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AuditRoutesTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private RelayDepth shop;

    @BeforeEach
    void open() throws Exception {
        api.audit.keepsRequests = false;
        shop = RelayDepth.open(api);
    }

    @Test
    void changesNameFieldsAndNeverValues() throws Exception {
        shop.layer("meta_ads", true);
        shop.layer("meta_ads", true);
        api.call(
                "PATCH",
                "/projects/" + shop.project(),
                shop.key(),
                "{\"name\":\"Harbor\",\"timezone\":\"UTC\",\"tagline\":\"By the water\",\"customerExternalId\":\"c-1\"}");
        api.call(
                "PATCH",
                "/projects/" + shop.project() + "/sdk-apps/" + shop.app(),
                shop.key(),
                "{\"requireIngestKey\":true,\"rotateKey\":true}");
        api.call("DELETE", "/projects/" + shop.project(), shop.key(), null);
        JsonNode items = rows("?limit=200").path("items");
        assertThat(items.findValuesAsText("eventType"))
                .containsExactlyInAnyOrder(
                        "project.created",
                        "sdk_app.created",
                        "capi.config_changed",
                        "capi.config_changed",
                        "capi.token_validated",
                        "capi.token_validated",
                        "project.updated",
                        "sdk_app.key_rotated",
                        "sdk_app.updated",
                        "project.archived");
        JsonNode config = rows("?eventType=capi.config_changed").path("items");
        assertThat(config.findValues("data").toString())
                .contains("[\"enabled\",\"pixelId\",\"accessToken\"]", "[\"accessToken\"]");
        assertThat(rows("?eventType=sdk_app.updated").at("/items/0/data/fields").toString())
                .isEqualTo("[\"requireIngestKey\"]");
        assertThat(rows("?eventType=project.updated").at("/items/0/data/fields").toString())
                .isEqualTo("[\"customerExternalId\",\"name\",\"tagline\"]");
        JsonNode validated = rows("?eventType=capi.token_validated").at("/items/0");
        assertThat(validated.path("data").toString()).isEqualTo("{\"platform\":\"meta_ads\",\"valid\":true}");
        assertThat(validated.path("subjectId").asText()).startsWith("lyr_");
        assertThat(items.toString()).doesNotContain("good", "Harbor", "550118274406913");
    }

    @Test
    void aRowSaysWhoDidWhatToWhat() throws Exception {
        Reply put = shop.layer("tiktok_ads", false);
        JsonNode row = rows("?subjectType=layer").at("/items/0");
        assertThat(row.path("requestId").asText())
                .isEqualTo(put.raw().headers().firstValue("X-Request-Id").orElseThrow());
        assertThat(row.path("subjectId")).isEqualTo(put.body().path("layerId"));
        assertThat(row.path("projectId").asText()).isEqualTo(shop.project());
        assertThat(row.path("actor").asText()).isEqualTo("partner_api");
        JsonNode whoami = api.call("GET", "/whoami", shop.key(), null).body();
        assertThat(row.path("organizationId")).isEqualTo(whoami.path("organizationId"));
        assertThat(row.path("apiKeyId")).isEqualTo(whoami.path("apiKeyId"));
        String bare = put.body().path("layerId").asText().substring(4);
        assertThat(rows("?subjectType=layer&subjectId=" + bare).path("items").findValuesAsText("eventType"))
                .containsExactlyInAnyOrder("capi.config_changed", "capi.token_validated");
        assertThat(rows("?subjectId=" + bare).path("items")).hasSize(2);
        assertThat(rows("?subjectId=" + shop.project().substring(4)).path("items"))
                .singleElement()
                .satisfies(created ->
                        assertThat(created.path("subjectId").asText()).isEqualTo(shop.project()));
        assertThat(rows("?apiKeyId=" + whoami.path("apiKeyId").asText()).path("items"))
                .hasSize(4);
        assertThat(api.call("GET", "/audit?subjectType=layer", shop.key(), null)
                        .body()
                        .path("items"))
                .hasSize(2);
    }

    @Test
    void noScopeIsNeededAndNoOtherOrganizationIsSeen() throws Exception {
        Reply stranger = api.call("GET", "/audit-log", api.key("content:read"), null);
        assertThat(stranger.status()).isEqualTo(200);
        assertThat(stranger.body().path("items")).isEmpty();
        assertThat(stranger.body().path("nextCursor").isNull()).isTrue();
        assertThat(rows("?projectId=" + shop.project()).path("items")).hasSize(2);
        assertThat(rows("?projectId=" + UUID.randomUUID()).path("items")).isEmpty();
    }

    @Test
    void pagesNeitherRepeatNorSkipAndBothEndsOfTheTimeCount() throws Exception {
        Instant at = Instant.parse("2026-11-01T10:00:00Z");
        UUID organization =
                UUID.fromString(rows("").at("/items/0/organizationId").asText().substring(4));
        for (int i = 0; i < 5; i++) {
            api.audit.record(row(organization, shop.projectId(), at));
        }
        String window = "since=2026-11-01T10:00:00Z&until=2026-11-01T10:00:00Z";
        List<String> seen = new ArrayList<>();
        String next = "";
        do {
            JsonNode page = rows("?limit=2&" + window + next);
            seen.addAll(page.path("items").findValuesAsText("eventId"));
            next = "&cursor=" + page.path("nextCursor").asText();
        } while (!next.equals("&cursor=null"));
        assertThat(seen).hasSize(5).doesNotHaveDuplicates();
    }

    @Test
    void rowsOfTheOtherModesProjectsAreLeftOutAlsoWhenTheyFillPages() throws Exception {
        UUID organization =
                UUID.fromString(rows("").at("/items/0/organizationId").asText().substring(4));
        for (int i = 0; i < 30; i++) {
            api.audit.record(row(organization, UUID.randomUUID(), Instant.now().plusSeconds(i)));
        }
        List<String> types = new ArrayList<>();
        String next = "";
        do {
            JsonNode page = rows("?limit=1" + next);
            types.addAll(page.path("items").findValuesAsText("eventType"));
            next = "&cursor=" + page.path("nextCursor").asText();
        } while (!next.equals("&cursor=null"));
        assertThat(types).containsExactlyInAnyOrder("sdk_app.created", "project.created");
    }

    /// The rows of the relay, and older ones of the watch of tokens, have no mode of their own.
    @Test
    void whatHappenedBeforeAProjectMovedStaysVisibleToTheParentInTheProjectsMode() throws Exception {
        Organization parent = api.organization();
        String live = api.key(parent, Mode.LIVE, "*", "org:admin");
        String test = api.key(parent, Mode.TEST, "*");
        UUID shown = project(live);
        UUID hidden = project(test);
        api.audit.record(row(parent.id(), shown, Instant.now()));
        api.audit.record(row(parent.id(), hidden, Instant.now()));
        Organization child = api.organization(parent.id());
        Reply moved = api.call(
                "POST",
                "/organizations/org_" + child.id() + "/projects/migrate",
                live,
                "{\"projectIds\": [\"" + shown + "\"]}");
        assertThat(moved.status()).isEqualTo(200);

        assertThat(forwards(live)).containsExactly("prj_" + shown);
        assertThat(forwards(test)).containsExactly("prj_" + hidden);
        assertThat(forwards(api.key(child, Mode.LIVE, "*"))).isEmpty();
    }

    private static UUID project(String key) throws Exception {
        Reply reply = api.call("POST", "/projects", key, "{\"name\":\"Acme\",\"timezone\":\"UTC\"}");
        return UUID.fromString(reply.body().path("id").asText().substring(4));
    }

    private static List<String> forwards(String key) throws Exception {
        return api.call("GET", "/audit-log?eventType=capi.forward", key, null)
                .body()
                .path("items")
                .findValuesAsText("projectId");
    }

    @Test
    void badQueriesAre422WithTheField() throws Exception {
        for (String field : List.of("subjectType", "projectId", "apiKeyId", "since", "until", "limit", "cursor")) {
            Reply reply = api.call("GET", "/audit-log?" + field + "=%20nonsense", shop.key(), null);
            assertThat(reply.status()).as(field).isEqualTo(422);
            assertThat(reply.body().at("/error/details/issues/0/path").asText()).isEqualTo(field);
        }
    }

    private static AuditTrail.Row row(UUID organization, UUID project, Instant at) {
        return new AuditTrail.Row(
                UUID.randomUUID(),
                "capi.forward",
                at,
                new AuditTrail.Origin(organization, "system", null, null),
                project,
                new AuditTrail.Subject(AuditTrail.Subject.CAPI_FORWARD, "lyr_" + UUID.randomUUID()),
                Json.object());
    }

    private JsonNode rows(String query) throws Exception {
        Reply reply = api.call("GET", "/audit-log" + query, shop.key(), null);
        assertThat(reply.status()).as(reply.raw().body()).isEqualTo(200);
        return reply.body();
    }
}
