package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

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

/// Whoever pages through a list sees everything that was there when they began once, whatever is added meanwhile.
class CursorTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture().storing();

    private Organization organization;
    private String key;

    @BeforeEach
    void open() {
        organization = api.organization(null);
        key = api.key(organization, Mode.LIVE, "*");
    }

    @FunctionalInterface
    private interface Adding {
        String add(int number) throws Exception;
    }

    @Test
    void projects() throws Exception {
        assertPages("/projects", "id", this::project);
    }

    @Test
    void sdkApps() throws Exception {
        String project = project(0);
        assertPages("/projects/" + project + "/sdk-apps", "appId", number -> api.call(
                        "POST",
                        "/projects/" + project + "/sdk-apps",
                        key,
                        "{\"name\":\"App " + number + "\",\"platform\":\"ios\",\"bundleId\":\"a.b\"}")
                .body()
                .path("appId")
                .asText());
    }

    @Test
    void events() throws Exception {
        String project = project(0);
        assertPages("/projects/" + project + "/events", "eventId", number -> event(project, number));
    }

    @Test
    void auditRows() throws Exception {
        assertPages("/audit-log", "eventId", this::auditRow);
    }

    @Test
    void deadLetters() throws Exception {
        String project = project(0);
        assertPages("/projects/" + project + "/dead-letters", "deadLetterId", number -> deadLetter(project, number));
    }

    /// Stored times may be finer than what is shown: nothing is lost or repeated within a millisecond.
    @Test
    void itemsOfOneShownMomentAreEachOnOnePage() throws Exception {
        String parent = api.key(organization, Mode.LIVE, "*", "org:admin");
        List<String> projects = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            projects.add(project(i));
            api.call("POST", "/organizations", parent, "{\"name\":\"Child " + i + "\"}");
        }
        String child = api.call("GET", "/organizations", parent, null)
                .body()
                .at("/items/0/id")
                .asText();
        String apps = "/projects/" + projects.getFirst() + "/sdk-apps";
        String keys = "/organizations/" + child + "/api-keys";
        for (int i = 0; i < 5; i++) {
            api.call("POST", apps, parent, "{\"name\":\"App\",\"platform\":\"ios\",\"bundleId\":\"a.b\"}");
            api.call("POST", keys, parent, "{\"name\":\"Key\",\"scopes\":[\"ads:read\"]}");
        }
        for (String table : List.of("project", "organization", "sdk_app", "api_key")) {
            api.database
                    .jdbi()
                    .useHandle(
                            handle -> handle.execute(
                                    "update " + table
                                            + " set created_at = '2026-01-01T00:00:00.5Z'::timestamptz + random() * interval '999 microseconds'"));
        }
        for (String path : List.of("/projects", "/organizations", apps, keys)) {
            assertThat(walk(path, parent)).as(path).hasSize(5).doesNotHaveDuplicates();
        }
    }

    private List<String> walk(String path, String key) throws Exception {
        List<String> seen = new ArrayList<>();
        String next = "";
        do {
            Reply page = api.call("GET", path + "?limit=2" + next, key, null);
            page.body().path("items").forEach(item -> seen.add(item.toString()));
            next = page.body().path("nextCursor").isNull()
                    ? ""
                    : "&cursor=" + page.body().path("nextCursor").asText();
        } while (!next.isEmpty());
        return seen;
    }

    /// Two newer ones come with every page.
    private void assertPages(String path, String idName, Adding adding) throws Exception {
        List<String> before = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            before.addFirst(adding.add(i));
        }
        List<String> seen = new ArrayList<>();
        int number = 9;
        String next = "";
        do {
            Reply page = api.call("GET", path + "?limit=2" + next, key, null);
            assertThat(page.status()).isEqualTo(200);
            page.body().path("items").forEach(item -> seen.add(item.path(idName).asText()));
            next = page.body().path("nextCursor").isNull()
                    ? ""
                    : "&cursor=" + page.body().path("nextCursor").asText();
            adding.add(number++);
            adding.add(number++);
        } while (!next.isEmpty());
        assertThat(seen).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(before);
        String cursor = api.call("GET", path + "?limit=2", key, null)
                .body()
                .path("nextCursor")
                .asText();
        for (String wrong : List.of(
                cursor.substring(0, cursor.length() - 1),
                cursor.substring(0, cursor.length() - 3),
                cursor.substring(1),
                cursor + "A",
                cursor.substring(0, 20) + (cursor.charAt(20) == 'A' ? 'B' : 'A') + cursor.substring(21))) {
            assertThat(api.call("GET", path + "?cursor=" + wrong, key, null).status())
                    .as("%s of %s", wrong, cursor)
                    .isEqualTo(422);
        }
        assertThat(api.call("GET", path + "?cursor=" + cursor, key, null).status())
                .isEqualTo(200);
        assertThat(api.call("GET", path + "?cursor=bm9uc2Vuc2U", key, null).status())
                .isEqualTo(422);
    }

    private String project(int number) throws Exception {
        return api.call("POST", "/projects", key, "{\"name\":\"Shop " + number + "\",\"timezone\":\"UTC\"}")
                .body()
                .path("id")
                .asText();
    }

    private static String event(String project, int number) {
        String eventId = "event-" + UUID.randomUUID();
        UUID projectId = UUID.fromString(project.substring(4));
        api.database.jdbi().useHandle(handle -> {
            handle.execute("""
                    insert into sdk_app (app_id, project_id, name, platform, app_key_sha256, created_at, last_rotated_at)
                    values ('app', ?, 'a', 'ios', '', now(), now()) on conflict do nothing""", projectId);
            handle.execute("""
                    insert into event (log_offset, occurred_at, received_at, project_id, app_id, event_id, name, source, synthetic, document)
                    values (?, cast('2026-01-01T00:00:00Z' as timestamptz) + ? * interval '1 second', now(), ?, 'app', ?, 'x', 0,
                        false, cast('{}' as bytea))""", 1_000L + number, number, projectId, eventId);
        });
        return eventId;
    }

    /// Two of a kind happened at the same moment.
    private static String deadLetter(String project, int number) {
        String id = "dl_" + UUID.randomUUID();
        api.database
                .jdbi()
                .useHandle(handle ->
                        handle.execute("""
                insert into dead_letter (id, project_id, app_id, platform, log_offset, occurred_at, event_id, event_name,
                    reason, code, attempts, first_failed_at, last_failed_at, too_old_at)
                select ?, ?, 'app', 0, ?, at, 'e', 'x', 'r', 'c', 1, at, at, at
                from (select cast('2026-01-01T00:00:00Z' as timestamptz) + ? * interval '1 second' as at) t""", id, UUID.fromString(project.substring(4)), 1_000L + number, number / 2));
        return id;
    }

    private String auditRow(int number) {
        UUID id = UUID.randomUUID();
        api.auditTrail()
                .record(new AuditTrail.Row(
                        id,
                        "project.updated",
                        Instant.now().minusSeconds(1_000).plusSeconds(number),
                        new AuditTrail.Origin(organization.id(), "system", null, null),
                        null,
                        null,
                        Json.object()));
        return id.toString();
    }
}
