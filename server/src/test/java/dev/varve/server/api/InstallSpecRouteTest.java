package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.server.api.ApiFixture.Reply;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class InstallSpecRouteTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private final String key = api.key("*");

    @Test
    void itIsForWhatTheAppWasMadeForUnlessAskedOtherwise() throws Exception {
        Map<String, String> expected = Map.of(
                "\"platform\": \"ios\", \"bundleId\": \"a.b\"", "ios",
                "\"platform\": \"nextjs\", \"webDomain\": \"a.example\"", "web",
                "\"platform\": \"expo\"", "expo");
        for (Map.Entry<String, String> made : expected.entrySet()) {
            JsonNode platforms = spec(path(made.getKey()), "").body().path("platforms");
            assertThat(platforms).hasSize(1);
            assertThat(platforms.at("/0/platform").asText()).isEqualTo(made.getValue());
        }
        Reply asked = spec(path("\"platform\": \"expo\""), "?platforms=flutter,android&platforms%5B%5D=ios");
        assertThat(asked.body().path("platforms").findValuesAsText("platform"))
                .containsExactly("flutter", "android", "ios");
        assertThat(spec(path("\"platform\": \"expo\""), "?platforms=nextjs").status())
                .isEqualTo(422);
    }

    @Test
    void everyPlatformNamesPackageAppAndIngestHostAndNoKey() throws Exception {
        String path = path("\"platform\": \"flutter\"");
        String app = path.substring(path.lastIndexOf('/') + 1);
        Reply all = spec(path, "?platforms=ios,android,web,react-native,flutter,expo");
        assertThat(all.raw().body())
                .doesNotContain("ak_")
                .isEqualTo(spec(path, "?platforms=ios,android,web,react-native,flutter,expo")
                        .raw()
                        .body());
        Map<String, List<String>> managers = Map.of(
                "ios", List.of("spm", "https://github.com/layers/layers-sdk-ios.git"),
                "android", List.of("gradle", "com.layers.sdk:layers-android"),
                "web", List.of("npm", "@layers/client"),
                "react-native", List.of("npm", "@layers/react-native"),
                "flutter", List.of("pub", "layers_flutter"),
                "expo", List.of("npm", "@layers/expo"));
        for (JsonNode platform : all.body().path("platforms")) {
            List<String> manager =
                    managers.getOrDefault(platform.path("platform").asText(), List.of("none"));
            assertThat(platform.at("/dependency/manager").asText()).isEqualTo(manager.getFirst());
            assertThat(platform.path("dependency").toString()).contains(manager.getLast());
            assertThat(platform.path("initSnippet").asText()).contains(app, "https://in.varve.example");
            assertThat(platform.at("/files/0/contents").asText()).contains(app, "https://in.varve.example");
            assertThat(platform.path("envVars").findValuesAsText("value"))
                    .containsExactly(app, "https://in.varve.example");
            assertThat(platform.toString()).doesNotContain("%");
        }
    }

    @Test
    void aForeignAppIsAbsent() throws Exception {
        String path = path("\"platform\": \"expo\"");
        assertThat(api.call("GET", path + "/install-spec", api.key("*"), null).status())
                .isEqualTo(404);
        assertThat(spec(path.substring(0, path.length() - 1), "").status()).isEqualTo(404);
    }

    private Reply spec(String path, String query) throws Exception {
        return api.call("GET", path + "/install-spec" + query, key, null);
    }

    private String path(String identity) throws Exception {
        String project = api.call("POST", "/projects", key, "{\"name\": \"Shop\", \"timezone\": \"UTC\"}")
                .body()
                .path("id")
                .asText();
        String apps = "/projects/" + project + "/sdk-apps";
        Reply app = api.call("POST", apps, key, "{\"name\": \"App\", " + identity + "}");
        return apps + "/" + app.body().path("appId").asText();
    }
}
