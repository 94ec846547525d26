package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.server.api.ApiFixture.Reply;
import dev.varve.tenant.Mode;
import dev.varve.tenant.Organization;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@SuppressWarnings("NullAway.Init")
class OrganizationRoutesTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private static final String[] ADMIN = {"*", "org:admin"};

    private Organization root;
    private String parent;

    @BeforeEach
    void makeAParent() {
        root = api.organization();
        parent = api.key(root, Mode.LIVE, ADMIN);
    }

    @Test
    void aChildIsMadeListedReadAndChanged() throws Exception {
        Reply created = call("POST", "", """
                {"name": "Harbor Lane", "metadata": {"crmId": "HLB-118", "none": ""}, "billingEmail": "a@harbor.example"}""");
        assertThat(created.status()).isEqualTo(201);
        JsonNode child = created.body();
        assertThat(child.path("parentOrganizationId").asText()).isEqualTo("org_" + root.id());
        assertThat(child.path("status").asText()).isEqualTo("active");
        assertThat(child.path("metadata")).isEqualTo(ApiFixture.JSON.readTree("{\"crmId\": \"HLB-118\"}"));
        assertThat(child.path("archivedAt").isNull()).isTrue();
        String id = child.path("id").asText();

        Reply read = call("GET", "/" + id.substring(4), null);
        assertThat(read.body().at("/summary")).isEqualTo(ApiFixture.JSON.readTree("""
                {"projectCount": 0, "balance": 0, "available": 0, "creditConfig": {"monthlyCreditCap": null,
                 "refillThreshold": null, "refillAmount": null, "autoRefillEnabled": false}}"""));
        assertThat(call("GET", "", null).body().path("items")).containsExactly(child);

        Reply patched = call(
                "PATCH", "/" + id, "{\"metadata\": {\"crmId\": \"\", \"tier\": \"gold\"}, \"billingEmail\": null}");
        assertThat(patched.body().path("metadata")).isEqualTo(ApiFixture.JSON.readTree("{\"tier\": \"gold\"}"));
        assertThat(patched.body().path("billingEmail").isNull()).isTrue();
        assertThat(patched.body().path("name").asText()).isEqualTo("Harbor Lane");
        assertThat(call("PATCH", "/" + id, "{\"metadata\": null}").body().path("metadata"))
                .isEmpty();
        assertThat(api.audit.types()).contains("organization.created", "organization.updated");
    }

    @Test
    void everyProblemOfABodyIsNamed() throws Exception {
        String child = child();
        Reply reply = call("PATCH", "/" + child, """
                {"status": "archived", "name": "", "billingEmail": "nobody", "metadata": {"a": null, "%s": "x", "b": "%s"}}""".formatted("k".repeat(41), "v".repeat(501)));
        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.body().at("/error/details/issues").findValuesAsText("path"))
                .containsExactlyInAnyOrder("status", "name", "billingEmail", "metadata.a", "metadata", "metadata.b");
        assertThat(call("POST", "", "{}").status()).isEqualTo(422);
        assertThat(call("GET", "?status=gone", null).status()).isEqualTo(422);
        assertThat(call("GET", "/nonsense", null).status()).isEqualTo(422);
    }

    @Test
    void metadataHasAtMost50KeysAnd16KilobytesAfterTheMerge() throws Exception {
        String child = child();
        StringBuilder many = new StringBuilder("{\"metadata\": {\"k0\": \"v\"");
        for (int i = 1; i < 50; i++) {
            many.append(", \"k").append(i).append("\": \"v\"");
        }
        assertThat(call("PATCH", "/" + child, many + "}}").status()).isEqualTo(200);
        assertThat(call("PATCH", "/" + child, "{\"metadata\": {\"one\": \"more\"}}")
                        .status())
                .isEqualTo(422);
        assertThat(call("PATCH", "/" + child, "{\"metadata\": {\"k0\": \"\", \"one\": \"more\"}}")
                        .status())
                .isEqualTo(200);
        String large = many.toString().replace("\"v\"", "\"" + "v".repeat(400) + "\"");
        assertThat(call("PATCH", "/" + child, large + "}}").status()).isEqualTo(422);
    }

    @Test
    void onlyADirectChildOfTheSameModeExists() throws Exception {
        String child = child();
        String stranger = api.key(ADMIN);
        String testParent = api.key(root, Mode.TEST, ADMIN);
        String grandchild = "org_" + UUID.randomUUID();
        for (String method : List.of("GET", "PATCH", "DELETE")) {
            String body = method.equals("PATCH") ? "{\"name\": \"x\"}" : null;
            for (String id : List.of("org_" + root.id(), grandchild)) {
                assertThat(call(method, "/" + id, body).status()).isEqualTo(404);
            }
            for (String key : List.of(stranger, testParent)) {
                assertThat(api.call(method, "/organizations/" + child, key, body)
                                .status())
                        .isEqualTo(404);
            }
        }
        assertThat(api.call("GET", "/organizations", testParent, null).body().path("items"))
                .isEmpty();
        Reply test = api.call("POST", "/organizations", testParent, "{\"name\": \"Test\"}");
        assertThat(test.body().path("mode").asText()).isEqualTo("test");
        assertThat(call("GET", "/" + test.body().path("id").asText(), null).status())
                .isEqualTo(404);
    }

    @Test
    void aChildHasNoChildren() throws Exception {
        String child = child();
        String key = api.key(organization(child), Mode.LIVE, ADMIN);
        Reply reply = api.call("POST", "/organizations", key, "{\"name\": \"Grandchild\"}");
        assertThat(reply.status()).isEqualTo(422);
    }

    @Test
    void withoutTheScopeNothingIsShown() throws Exception {
        Reply reply = api.call("GET", "/organizations", api.key(root, Mode.LIVE, "*"), null);
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.body().at("/error/details/requiredScope").asText()).isEqualTo("org:admin");
    }

    @Test
    void aSuspendedChildsKeysAre503AndTheParentManagesIt() throws Exception {
        String child = child();
        String own = api.key(organization(child), Mode.LIVE, "*");
        assertThat(api.call("GET", "/whoami", own, null).status()).isEqualTo(200);

        assertThat(call("POST", "/" + child + "/suspend", null)
                        .body()
                        .path("status")
                        .asText())
                .isEqualTo("suspended");
        Reply again = call("POST", "/" + child + "/suspend", null);
        assertThat(again.status()).isEqualTo(200);
        for (String path : List.of("/whoami", "/projects", "/nonsense")) {
            Reply blocked = api.call("GET", path, own, null);
            assertThat(blocked.status()).isEqualTo(503);
            assertThat(blocked.code()).isEqualTo("KILL_SWITCH");
        }
        assertThat(call("PATCH", "/" + child, "{\"name\": \"Still mine\"}").status())
                .isEqualTo(200);

        assertThat(call("POST", "/" + child + "/resume", null)
                        .body()
                        .path("status")
                        .asText())
                .isEqualTo("active");
        assertThat(api.call("GET", "/whoami", own, null).status()).isEqualTo(200);
        assertThat(api.audit.types()).contains("organization.suspended", "organization.resumed");
    }

    @Test
    void anArchivedChildIsFinalItsKeysDieAndItsProjectsAreArchived() throws Exception {
        String child = child();
        String own = api.key(organization(child), Mode.LIVE, "*");
        api.call("POST", "/projects", own, "{\"name\": \"Shop\", \"timezone\": \"UTC\"}");

        Reply first = call("DELETE", "/" + child, null);
        assertThat(first.body().path("revokedApiKeys").asInt()).isEqualTo(1);
        assertThat(first.body().path("reclaimedCredits").asInt()).isZero();
        assertThat(first.body().path("status").asText()).isEqualTo("archived");
        assertThat(api.call("GET", "/whoami", own, null).status()).isEqualTo(401);
        Reply second = call("DELETE", "/" + child, null);
        assertThat(second.body().path("archivedAt")).isEqualTo(first.body().path("archivedAt"));
        assertThat(second.body().path("revokedApiKeys").asInt()).isZero();

        for (String deed : List.of("/suspend", "/resume")) {
            assertThat(call("POST", "/" + child + deed, null).code()).isEqualTo("CONFLICT");
        }
        Reply patched = call("PATCH", "/" + child, "{\"name\": \"x\"}");
        assertThat(patched.body().at("/error/details/reason").asText()).isEqualTo("archived");
        assertThat(call("GET", "/" + child, null)
                        .body()
                        .at("/summary/projectCount")
                        .asInt())
                .isEqualTo(1);
        String status = api.database.jdbi().withHandle(handle -> handle.createQuery(
                        "select status from project where organization_id = cast(:id as uuid)")
                .bind("id", child.substring(4))
                .mapTo(String.class)
                .one());
        assertThat(status).isEqualTo("archived");
    }

    @Test
    void projectsMigrateAllOrNone() throws Exception {
        String child = child();
        String one = project(parent, "c-1");
        String two = project(parent, "c-2");
        String path = "/" + child + "/projects/migrate";
        String absent = "prj_" + UUID.randomUUID();

        assertThat(call("POST", path, ids(one, absent)).status()).isEqualTo(404);
        assertThat(call("POST", path, "{\"projectIds\": []}").status()).isEqualTo(422);
        assertThat(call("POST", path, "{\"projectIds\": [\"42\"]}").status()).isEqualTo(422);
        assertThat(api.call("GET", "/projects/" + one, parent, null).status()).isEqualTo(200);

        Reply moved = call("POST", path, ids(one, two.substring(4)));
        assertThat(moved.body().path("migrated")).extracting(JsonNode::asText).containsExactly(one, two);
        String own = api.key(organization(child), Mode.LIVE, "*");
        for (String project : List.of(one, two)) {
            assertThat(api.call("GET", "/projects/" + project, parent, null).status())
                    .isEqualTo(404);
            assertThat(api.call("GET", "/projects/" + project, own, null)
                            .body()
                            .path("organizationId")
                            .asText())
                    .isEqualTo(child);
        }
        Reply duplicate = call("POST", path, ids(project(parent, "c-1")));
        assertThat(duplicate.body().at("/error/details/reason").asText()).isEqualTo("duplicate");
        call("DELETE", "/" + child, null);
        Reply late = call("POST", path, ids(project(parent, null)));
        assertThat(late.body().at("/error/details/reason").asText()).isEqualTo("archived");
    }

    @Test
    void pagesNeitherRepeatNorSkipAndCursorsBelongToTheirOrganization() throws Exception {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            made.addFirst(child());
        }
        List<String> seen = new ArrayList<>();
        String next = "";
        do {
            Reply page = call("GET", "?limit=2" + next, null);
            page.body().path("items").forEach(item -> seen.add(item.path("id").asText()));
            child();
            next = "&cursor=" + page.body().path("nextCursor").asText();
        } while (!next.equals("&cursor=null"));
        assertThat(seen).containsExactlyInAnyOrderElementsOf(made);
        String cursor = call("GET", "?limit=1", null).body().path("nextCursor").asText();
        assertThat(api.call("GET", "/organizations?cursor=" + cursor, api.key(ADMIN), null)
                        .status())
                .isEqualTo(422);
    }

    private Reply call(String method, String below, @Nullable String body) throws Exception {
        return api.call(method, "/organizations" + below, parent, body);
    }

    private String child() throws Exception {
        return call("POST", "", "{\"name\": \"Child\"}").body().path("id").asText();
    }

    private Organization organization(String id) {
        return new Organization(
                UUID.fromString(id.substring(4)),
                root.id(),
                "Child",
                Organization.Status.ACTIVE,
                Mode.LIVE,
                null,
                root.createdAt());
    }

    private static String project(String key, @Nullable String customer) throws Exception {
        String external = customer == null ? "null" : "\"" + customer + "\"";
        return api.call(
                        "POST",
                        "/projects",
                        key,
                        "{\"name\": \"Shop\", \"timezone\": \"UTC\", \"customerExternalId\": " + external + "}")
                .body()
                .path("id")
                .asText();
    }

    private static String ids(String... projects) {
        return "{\"projectIds\": [\"" + String.join("\", \"", projects) + "\"]}";
    }
}
