package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.server.Eventually;
import dev.varve.server.api.ApiFixture.Reply;
import dev.varve.tenant.Mode;
import dev.varve.tenant.Organization;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Calls that were let in before their organization was archived, and write after it.
@SuppressWarnings("NullAway.Init")
class ArchivedMeanwhileTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private static final String PROJECT = "{\"name\": \"Shop\", \"timezone\": \"UTC\"}";

    private Organization child;
    private String parentsKey;
    private String ownKey;

    @BeforeEach
    void makeAChild() {
        Organization parent = api.organization();
        child = api.organization(parent.id());
        parentsKey = api.key(parent, Mode.LIVE, "*", "org:admin");
        ownKey = api.key(child, Mode.LIVE, "*");
    }

    @Test
    void aNewProjectIs409() throws Exception {
        requireArchived(whileArchived("POST", "/projects", ownKey, PROJECT));
    }

    @Test
    void aRestoredProjectIs409() throws Exception {
        String project = "/projects/"
                + api.call("POST", "/projects", ownKey, PROJECT)
                        .body()
                        .path("id")
                        .asText();
        api.call("DELETE", project, ownKey, null);
        requireArchived(whileArchived("PATCH", project, ownKey, "{\"status\": \"active\"}"));
    }

    @Test
    void aMintedKeyIs409() throws Exception {
        requireArchived(whileArchived(
                "POST",
                "/organizations/org_" + child.id() + "/api-keys",
                parentsKey,
                "{\"name\": \"late\", \"scopes\": [\"events:write\"]}"));
    }

    private static void requireArchived(Reply reply) {
        assertThat(reply.status()).isEqualTo(409);
        assertThat(reply.body().at("/error/details/reason").asText()).isEqualTo("archived");
    }

    /// The call begins before the transaction that archives the child ends, and waits for it.
    private Reply whileArchived(String method, String path, String key, String body) throws Exception {
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        api.database.jdbi().useTransaction(handle -> {
            handle.execute("update organization set status = 'archived' where id = ?", child.id());
            Thread.ofVirtual().start(() -> {
                try {
                    reply.complete(api.call(method, path, key, body));
                } catch (Throwable e) {
                    reply.completeExceptionally(e);
                }
            });
            Eventually.holds("the call waits", () -> isWaiting(handle));
        });
        return reply.get();
    }

    private static boolean isWaiting(Handle handle) {
        handle.execute("select pg_stat_clear_snapshot()");
        return handle.createQuery("""
                        select exists (select from pg_stat_activity
                            where datname = current_database() and wait_event_type = 'Lock')""").mapTo(Boolean.class).one();
    }
}
