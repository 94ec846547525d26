package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.server.api.ApiFixture.Reply;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Names that others have given: time zones, languages, hosts, ids, times.
@SuppressWarnings("NullAway.Init")
class NamedThingsTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private static final String PROJECT = "PATCH /projects/PROJECT";
    private static final String SITE = "PATCH /projects/PROJECT/sdk-apps/SITE";

    private LimitRig rig;

    @BeforeEach
    void open() throws Exception {
        rig = new LimitRig(api);
    }

    @ParameterizedTest
    @ValueSource(strings = {"EST", "MST", "HST", "ROC", "UTC", "Etc/GMT+5", "Europe/Lisbon", "EST5EDT", "Zulu"})
    void aZoneOrLinkOfTheIanaDatabaseIsTaken(String zone) throws Exception {
        rig.taken(PROJECT, "{\"timezone\": $}", "\"" + zone + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SystemV/EST5", "SystemV/PST8PDT", "Mars/Olympus", "+02:00", "GMT+2", "europe/lisbon", ""})
    void anyOtherZoneIsRefused(String zone) throws Exception {
        rig.refused(PROJECT, "{\"timezone\": $}", "\"" + zone + "\"", "timezone");
    }

    @Test
    void noZoneOfJavasOwnIsLeft() {
        assertThat(ZoneId.getAvailableZoneIds())
                .filteredOn(zone -> zone.contains("/")
                        && !zone.matches("(Africa|America|Antarctica|Arctic|Asia|Atlantic"
                                + "|Australia|Brazil|Canada|Chile|Etc|Europe|Indian|Mexico|Pacific|US)/.*"))
                .allMatch(zone -> zone.startsWith("SystemV/"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "und", "x-foo", "pt-BR", "zh-Hant-TW", "de-DE-u-co-phonebk", "i-klingon", "und-Latn"})
    void aLanguageTagIsTaken(String tag) throws Exception {
        rig.taken(PROJECT, "{\"primaryLanguage\": $}", "\"" + tag + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "en_US", "englishlanguage", "e", "en-", "x", "12"})
    void whatIsNoLanguageTagIsRefused(String tag) throws Exception {
        rig.refused(PROJECT, "{\"primaryLanguage\": $}", "\"" + tag + "\"", "primaryLanguage");
    }

    @Test
    void aLabelOfAHostHas63CharactersAtMost() throws Exception {
        String label = "a".repeat(63);
        rig.taken(SITE, "{\"webDomain\": $}", "\"" + label + "." + label + ".example\"");
        rig.refused(SITE, "{\"webDomain\": $}", "\"" + label + "a.example\"", "webDomain");
        rig.refused(SITE, "{\"webDomain\": $}", "\"a.example." + label + "a\"", "webDomain");
    }

    @Test
    void anEmptyStoreNameIsNone() throws Exception {
        String body = "{\"name\": \"n\", \"platform\": \"flutter\", \"bundleId\": \"\", \"androidPackage\": \"a.b\"}";
        Reply made = rig.send("POST /projects/PROJECT/sdk-apps", body);
        assertThat(made.body().path("bundleId").isNull()).isTrue();
        String path = "/projects/PROJECT/sdk-apps/" + made.body().path("appId").asText();
        assertThat(rig.send("PATCH " + path, "{\"androidPackage\": \"\"}").status())
                .isEqualTo(200);
        Reply app = rig.send("GET " + path, "");
        assertThat(app.body().path("androidPackage").isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET /audit-log?projectId=42                  |                                                        | projectId
            GET /audit-log?apiKeyId=42                   |                                                        | apiKeyId
            GET /webhook-endpoints?projectId=42          |                                                        | projectId
            POST /webhook-endpoints                      | {"url": "https://hooks.example/v", "events": ["test.ping"], "projectId": "42"} | projectId
            POST /organizations/CHILD/projects/migrate   | {"projectIds": ["42"]}                                 | projectId
            POST /events                                 | {"projectId": "42", "sdkAppId": "APP", "events": [{}]} | projectId
            GET /projects/42                             |                                                        | projectId
            """)
    void anIllFormedIdHasTheSameSentenceEverywhere(String call, String body, String name) throws Exception {
        Reply reply = rig.send(call, body == null ? "" : body);
        assertThat(reply.status()).as(reply.raw().body()).isEqualTo(422);
        assertThat(reply.body().at("/error/details/issues").findValuesAsText("message"))
                .contains(name + " is not a UUID");
    }

    @Test
    void aTimeBeyondTheCalendarIsRefused() throws Exception {
        for (String time : List.of("%2B999999999-01-01T00:00:00Z", "-0001-01-01T00:00:00Z", "2026-01-01T00:00Z")) {
            for (String path : List.of(
                    "/audit-log?since=", "/projects/PROJECT/events?until=", "/projects/PROJECT/dead-letters?until=")) {
                Reply reply = rig.send("GET " + path + time, "");
                assertThat(reply.status()).as(path + time).isEqualTo(422);
            }
        }
        for (String path : List.of(
                "/audit-log?until=9999-12-31T23:59:59Z",
                "/audit-log?since=0000-01-01T00:00:00Z",
                "/projects/PROJECT/events?since=0000-01-01T00:00:00Z&until=9999-12-31T23:59:59Z")) {
            assertThat(rig.send("GET " + path, "").status()).as(path).isEqualTo(200);
        }
    }
}
