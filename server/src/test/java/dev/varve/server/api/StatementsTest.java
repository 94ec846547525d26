package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.server.api.ApiFixture.Reply;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// How often the routes that dashboards poll ask the database. The look-up of the key is left out: in the server it is
/// answered from memory.
class StatementsTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private String key = "";
    private String project = "";
    private String app = "";

    @BeforeEach
    void configure() throws Exception {
        key = api.key("*");
        project = call("POST", "/projects", "{\"name\":\"Acme\",\"timezone\":\"UTC\"}")
                .body()
                .path("id")
                .asText();
        String apps = "/projects/" + project + "/sdk-apps";
        app = apps + "/"
                + call("POST", apps, "{\"name\":\"Web\",\"platform\":\"web\",\"webDomain\":\"a.example\"}")
                        .body()
                        .path("appId")
                        .asText();
        configure("meta_ads", "550118274406913");
        configure("tiktok_ads", "CQ7F3H1BC77U0XK2D9LG");
        assertThat(call("PATCH", app, "{\"capi\":{\"meta\":{\"enabled\":true},\"tiktok\":{\"enabled\":true}}}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void whoamiAsksNothing() throws Exception {
        assertThat(statements("/whoami")).isEmpty();
    }

    @Test
    void anSdkAppIsOneStatement() throws Exception {
        assertThat(statements(app)).hasSize(1);
    }

    @Test
    void theCapiStatusOfAllPlatformsIsOneStatement() throws Exception {
        assertThat(statements("/projects/" + project + "/ads/capi-status")).hasSize(1);
    }

    @Test
    void whatIsMissingIsNamed() throws Exception {
        Reply noApp = call("GET", "/projects/" + project + "/sdk-apps/app_000000000000000000000000", null);
        assertThat(noApp.status()).isEqualTo(404);
        assertThat(noApp.body().at("/error/message").asText()).contains("SDK app");
        Reply foreign = api.call("GET", app, api.key("*"), null);
        assertThat(foreign.status()).isEqualTo(404);
        assertThat(foreign.body().at("/error/message").asText()).contains("project");
    }

    private List<String> statements(String path) throws Exception {
        List<String> statements = new CopyOnWriteArrayList<>();
        api.database.jdbi().setSqlLogger(new SqlLogger() {
            @Override
            public void logAfterExecution(StatementContext context) {
                String sql = String.valueOf(context.getRenderedSql());
                if (!sql.contains("from api_key")) {
                    statements.add(sql);
                }
            }
        });
        try {
            assertThat(call("GET", path, null).status()).isEqualTo(200);
            return statements;
        } finally {
            api.database.jdbi().setSqlLogger(SqlLogger.NOP_SQL_LOGGER);
        }
    }

    private void configure(String layer, String pixel) throws Exception {
        String body = "{\"enabled\":true,\"pixelId\":\"" + pixel + "\",\"accessToken\":\"good\"}";
        assertThat(call("PUT", "/projects/" + project + "/layers/" + layer + "/capi", body)
                        .status())
                .isEqualTo(200);
    }

    private Reply call(String method, String path, @Nullable String body) throws Exception {
        return api.call(method, path, key, body);
    }
}
