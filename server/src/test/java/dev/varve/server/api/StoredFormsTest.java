package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.identity.Sha256;
import dev.varve.server.api.ApiFixture.Reply;
import dev.varve.tenant.Mode;
import dev.varve.tenant.Organization;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Ingest stores hashes of personal data: what a caller gives is looked up in the same form, and what is shown to keys
/// that may not see personal data shows no hash either.
@SuppressWarnings("NullAway.Init")
class StoredFormsTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture().storing();

    private static final String LONG = "u".repeat(257);
    private static final String EMAIL = hash("mara@example.com");
    private static final String PHONE = hash("351912345678");

    private Organization organization;
    private String key;
    private String project;

    @BeforeEach
    void open() throws Exception {
        organization = api.organization(null);
        key = api.key(organization, Mode.LIVE, "*");
        project = api.call("POST", "/projects", key, "{\"name\":\"Shop\",\"timezone\":\"UTC\"}")
                .body()
                .path("id")
                .asText();
    }

    @Test
    void aUserIsFoundByTheIdThatTheSenderGave() throws Exception {
        insert("e-mail", EMAIL, null, "x");
        insert("phone", PHONE, null, "x");
        insert("long", hash(LONG), null, "x");
        insert("plain", "reader-1", null, "x");
        assertThat(found("userId=" + encoded("mara@example.com"))).containsExactly("e-mail");
        assertThat(found("userId=" + encoded(" Mara@Example.com "))).containsExactly("e-mail");
        assertThat(found("userId=" + encoded("+351912345678"))).containsExactly("phone");
        assertThat(found("userId=" + encoded("+351 912 345 678"))).containsExactly("phone");
        assertThat(found("userId=" + LONG)).containsExactly("long");
        assertThat(found("userId=reader-1")).containsExactly("plain");
        assertThat(found("userId=" + encoded(PHONE))).containsExactly("phone");
        assertThat(found("userId=reader-2")).isEmpty();
    }

    @Test
    void anEventIsFoundByTheIdThatTheSenderGave() throws Exception {
        insert(EMAIL, null, null, "x");
        insert(PHONE, null, null, "x");
        for (String id : List.of("mara@example.com", EMAIL)) {
            assertThat(get("/events/" + encoded(id)).body().path("eventId").asText())
                    .isEqualTo(EMAIL);
        }
        assertThat(get("/events/" + encoded("+351912345678"))
                        .body()
                        .path("eventId")
                        .asText())
                .isEqualTo(PHONE);
        assertThat(get("/events/" + encoded("other@example.com")).status()).isEqualTo(404);
    }

    @Test
    void anEventsNameIsFoundAsItWasSent() throws Exception {
        insert("odd", null, null, EMAIL);
        assertThat(found("eventNames=" + encoded("mara@example.com"))).containsExactly("odd");
    }

    @Test
    void hashesAreShownOnlyToKeysThatMaySeePersonalData() throws Exception {
        insert("one", EMAIL, PHONE, EMAIL);
        String plain = api.key(organization, Mode.LIVE, "events:read");
        for (String path : List.of("/events/one", "/events")) {
            Reply hidden = api.call("GET", "/projects/" + project + path, plain, null);
            JsonNode item = path.equals("/events") ? hidden.body().at("/items/0") : hidden.body();
            for (String member : List.of("name", "userId", "installId", "sessionId")) {
                assertThat(item.path(member).asText()).as(member).isEqualTo("[redacted]");
            }
            assertThat(hidden.body().toString()).doesNotContain("sha256:");
        }
        JsonNode shown = get("/events/one").body();
        assertThat(shown.path("sessionId").asText()).isEqualTo(PHONE);
        assertThat(shown.path("name").asText()).isEqualTo(EMAIL);
    }

    private List<String> found(String query) throws Exception {
        return get("/events?" + query).body().path("items").findValuesAsText("eventId");
    }

    private Reply get(String path) throws Exception {
        return api.call("GET", "/projects/" + project + path, key, null);
    }

    private void insert(
            String eventId,
            @org.jspecify.annotations.Nullable String user,
            @org.jspecify.annotations.Nullable String install,
            String name) {
        UUID projectId = UUID.fromString(project.substring(4));
        String app = "app of " + project;
        long offset = OFFSETS.incrementAndGet();
        api.database.jdbi().useHandle(handle -> {
            handle.execute("""
                    insert into sdk_app (app_id, project_id, name, platform, app_key_sha256, created_at, last_rotated_at)
                    values (?, ?, 'a', 'ios', '', now(), now()) on conflict do nothing""", app, projectId);
            handle.execute("""
                    insert into event (log_offset, occurred_at, received_at, project_id, app_id, event_id, name, source,
                        synthetic, user_id, install_id, session_id, document)
                    values (?, '2026-01-01T00:00:00Z', now(), ?, ?, ?, ?, 0, false, ?, ?, ?, cast('{}' as bytea))""", offset, projectId, app, eventId, name, user, install, install);
            handle.execute("""
                    insert into event_key (key, log_offset, occurred_at)
                    values (cast(left(encode(sha256(convert_to(?, 'UTF8') || '\\x00' || convert_to(?, 'UTF8')), 'hex'), 32) as uuid),
                        ?, '2026-01-01T00:00:00Z')""", app, eventId, offset);
        });
    }

    private static final java.util.concurrent.atomic.AtomicLong OFFSETS =
            new java.util.concurrent.atomic.AtomicLong(5_000);

    private static String hash(String text) {
        return "sha256:" + new Sha256().hex(text);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
