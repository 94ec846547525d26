package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.server.api.ApiFixture.Reply;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Numbers in objects that callers fill freely come out as they went in, or are refused.
@SuppressWarnings("NullAway.Init")
class StoredNumbersTest {
    @RegisterExtension
    static final ApiFixture api = new ApiFixture();

    private static final String PROJECT = "PATCH /projects/PROJECT";
    private static final String APP = "PATCH /projects/PROJECT/sdk-apps/APP";

    private LimitRig rig;

    @BeforeEach
    void open() throws Exception {
        rig = new LimitRig(api);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e1000", "-1e400", "1e400000", "1e-16384", "1e-400000", "0e1000", "1.5E-400"})
    void oneWithTooManyDigitsIsRefusedByItsName(String number) throws Exception {
        rig.refused(PROJECT, "{\"metadata\": {\"a\": {\"b\": [1, $]}}}", number, "metadata.a.b[1]");
        rig.refused(APP, "{\"remoteConfig\": {\"rate\": $}}", number, "remoteConfig.rate");
        rig.refused(
                "POST /projects",
                "{\"name\": \"n\", \"timezone\": \"UTC\", \"metadata\": {\"a\": $}}",
                number,
                "metadata.a");
    }

    @Test
    void theMostDigitsAreTakenAndOneMoreIsRefused() throws Exception {
        String most = "1".repeat(400);
        rig.taken(PROJECT, "{\"metadata\": {\"a\": $}}", most);
        rig.taken(PROJECT, "{\"metadata\": {\"a\": $}}", "0." + most.substring(1));
        rig.refused(PROJECT, "{\"metadata\": {\"a\": $}}", most + "1", "metadata.a");
        rig.refused(PROJECT, "{\"metadata\": {\"a\": $}}", "0." + most, "metadata.a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.1234567890123456789012345",
                "1.50",
                "12345678901234567890123",
                "1.7976931348623157E+308",
                "5e-324"
            })
    void everyDigitIsKeptAndAChangeOfTheNameDoesNotRoundIt(String number) throws Exception {
        rig.taken(PROJECT, "{\"metadata\": {\"a\": $}}", number);
        rig.taken(APP, "{\"remoteConfig\": {\"a\": $}}", number);
        rig.taken(PROJECT, "{\"name\": $}", "\"another\"");
        rig.taken(APP, "{\"name\": $}", "\"another\"");

        assertThat(number(rig.send("GET /projects/PROJECT", ""), "metadata")).isEqualByComparingTo(number);
        assertThat(number(rig.send("GET /projects/PROJECT/sdk-apps/APP", ""), "remoteConfig"))
                .isEqualByComparingTo(number);
    }

    @Test
    void whatAnOlderVersionStoredStaysReadableAndCanBeRepaired() throws Exception {
        api.database.jdbi().useHandle(handle -> {
            String huge = "{\"a\": 1e1000, \"b\": 1e-2000, \"c\": 0.12345678901234567890}";
            handle.execute("update project set metadata = ?::jsonb where id = ?::uuid", huge, rig.project.substring(4));
            handle.execute("update sdk_app set remote_config = ?::jsonb where app_id = ?", huge, rig.app);
        });
        for (String path : List.of(
                "/projects", "/projects/PROJECT", "/projects/PROJECT/sdk-apps", "/projects/PROJECT/sdk-apps/APP")) {
            assertThat(rig.send("GET " + path, "").status()).as(path).isEqualTo(200);
        }
        rig.taken(PROJECT, "{\"name\": $}", "\"another\"");
        assertThat(rig.send("GET /projects/PROJECT", "")
                        .body()
                        .at("/metadata/a")
                        .decimalValue())
                .isEqualByComparingTo("1e1000");
        rig.taken(PROJECT, "{\"metadata\": $}", "null");
        rig.taken(APP, "{\"remoteConfig\": $}", "null");
    }

    @ParameterizedTest
    @ValueSource(ints = {800, 1_000, 100_000})
    void aDeepBodyIsRefusedAndFreesItsKey(int depth) throws Exception {
        for (String body : List.of("{\"unknown\": %s}", "{\"name\": \"n\", \"metadata\": {\"a\": %s}}")) {
            rig.refused("POST /projects", body.replace("%s", "$"), "[".repeat(depth) + "]".repeat(depth), "");
        }
    }

    @Test
    void theDeepestBodyIsTakenAndOneDeeperIsRefused() throws Exception {
        rig.taken(PROJECT, "{\"metadata\": {\"a\": $}}", "[".repeat(98) + "]".repeat(98));
        assertThat(rig.send("GET /projects/PROJECT", "").status()).isEqualTo(200);
        rig.refused(PROJECT, "{\"metadata\": {\"a\": $}}", "[".repeat(99) + "]".repeat(99), "");
    }

    private static BigDecimal number(Reply reply, String member) {
        return reply.body().path(member).path("a").decimalValue();
    }
}
