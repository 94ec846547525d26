package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.e2e.fixture.ApiAnswer;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.Http;
import dev.varve.e2e.fixture.OpenApi;
import dev.varve.e2e.fixture.OpenApi.Operation;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.Shop;
import dev.varve.e2e.fixture.Tables;
import dev.varve.e2e.fixture.Tenants;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A request with several faults is told of the first in the order of the checks: authentication, kill switch, rate
/// limit, scope, path ids, idempotency, existence, body, state. On every described operation.
class CheckOrderTest {
    private static final String UNREADABLE = "{";
    private static final String ILL_FORMED = "42";
    private static final String TOO_LONG = "x".repeat(256);

    private static SandboxProcess sandbox;
    private static RunningVarve varve;
    private static Shop archived;
    private static List<Operation> operations;
    private static Tenants tenants;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(CheckOrderTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(directory.resolve("data"), sandbox);
        operations = OpenApi.parse(varve.http().get("/openapi.yaml").expect(200).text()).operations().stream()
                .filter(Operation::needsKey)
                .toList();
        archived = Shop.open(varve, "Archived");
        archived.api().delete(archived.path("")).expect(200);
        tenants = new Tenants(varve);
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    @Test
    void authenticationComesBeforeAll() {
        Http nobody = varve.http().with(Map.of("Authorization", "Bearer nonsense", "Idempotency-Key", ""));
        assertAll(operations.stream(), operation -> code(send(nobody, operation, ILL_FORMED)), "UNAUTHENTICATED");
    }

    @Test
    void theKillSwitchComesBeforeTheRateLimitAndTheScope() {
        UUID suspended = tenants.organization();
        Http key = tenants.key(suspended, "live", "content:read");
        Tables.of(varve)
                .execute("update api_key set rate_limit_tier = 'standard' where organization_id = ?", suspended);
        exhaust(key);
        tenants.status(suspended, "suspended");
        Eventually.holds("the server has seen it", Duration.ofSeconds(10), () -> key.get("/v1/whoami")
                .errorCode()
                .equals("KILL_SWITCH"));

        assertAll(operations.stream(), operation -> code(send(key, operation, ILL_FORMED)), "KILL_SWITCH");
    }

    @Test
    void theRateLimitComesBeforeTheScope() {
        UUID organization = tenants.organization();
        Http key = tenants.key(organization, "live", "content:read");
        Tables.of(varve)
                .execute("update api_key set rate_limit_tier = 'standard' where organization_id = ?", organization);
        exhaust(key);

        assertAll(
                operations.stream(),
                // What has flowed back into the bucket since is used up by a few.
                operation -> Stream.generate(() -> code(send(key, operation, ILL_FORMED)))
                        .limit(20)
                        .filter("RATE_LIMITED"::equals)
                        .findFirst()
                        .orElse("no refusal"),
                "RATE_LIMITED");
    }

    /// By a call of each class.
    private static void exhaust(Http key) {
        for (String kind : List.of("read-light", "write-light", "long-running")) {
            Operation operation = operations.stream()
                    .filter(one ->
                            one.definition().path("x-rate-class").asText().equals(kind))
                    .findFirst()
                    .orElseThrow();
            for (int i = 0; i < 500; i++) {
                if (send(key, operation, ILL_FORMED).status() == 429) {
                    break;
                }
            }
        }
    }

    @Test
    void theScopeComesBeforePathIds() {
        Http key = tenants.key(tenants.first(), "live", "content:read").plus("Idempotency-Key", TOO_LONG);
        assertAll(
                operations.stream().filter(Operation::needsScope),
                operation -> code(send(key, operation, ILL_FORMED)),
                "FORBIDDEN_SCOPE");
    }

    @Test
    void pathIdsComeBeforeIdempotencyAndBodyAndAreNamedTogether() {
        Http key = varve.api().plus("Idempotency-Key", TOO_LONG);
        assertAll(
                operations.stream().filter(operation -> !formed(operation).isEmpty()),
                operation -> String.join(
                        ",", paths(send(key, operation, ILL_FORMED)).sorted().toList()),
                null);
    }

    @Test
    void idempotencyComesBeforeExistenceAndBody() {
        Http key = varve.api().plus("Idempotency-Key", TOO_LONG);
        assertAll(
                operations.stream()
                        .filter(operation ->
                                operation.definition().path("x-repeat").asText().matches("key|state")),
                operation ->
                        String.join(",", paths(send(key, operation, absent())).toList()),
                "Idempotency-Key");
    }

    @Test
    void existenceComesBeforeTheBody() {
        assertAll(
                operations.stream()
                        .filter(operation ->
                                operation.hasBody() && operation.path().contains("{")),
                operation -> code(send(varve.api(), operation, absent())),
                "NOT_FOUND");
    }

    @Test
    void theBodyComesBeforeTheState() {
        List<String> paths = List.of(
                archived.path("/sdk-apps"),
                archived.path("/sdk-apps/" + archived.appId() + "/verify-tracking"),
                archived.path("/dead-letters/replay"),
                "/v1/events");
        for (String path : paths) {
            String body = path.equals("/v1/events")
                    ? "{\"projectId\": \"" + archived.projectId() + "\", \"sdkAppId\": \"" + archived.appId()
                            + "\", \"events\": [{\"name\": 7}]}"
                    : "{\"name\": 7, \"expectedEvents\": 7, \"dryRun\": false, \"since\": 7}";
            assertThat(varve.api().post(path, body).errorCode()).as(path).isEqualTo("VALIDATION");
        }
    }

    @FunctionalInterface
    private interface Outcome {
        String of(Operation operation);
    }

    /// `expected` null: the ids of the path that have a form.
    private static void assertAll(
            Stream<Operation> tried, Outcome outcome, @org.jspecify.annotations.Nullable String expected) {
        List<String> problems = new ArrayList<>();
        List<Operation> all = tried.toList();
        for (Operation operation : all) {
            String wanted = expected == null ? String.join(",", formed(operation)) : expected;
            String got = outcome.of(operation);
            if (!got.equals(wanted)) {
                problems.add(operation + ": " + got + ", not " + wanted);
            }
        }
        assertThat(problems).isEmpty();
        assertThat(all).hasSizeGreaterThan(5);
    }

    private static ApiAnswer send(Http client, Operation operation, String id) {
        byte[] body = operation.hasBody() ? UNREADABLE.getBytes(StandardCharsets.UTF_8) : null;
        String path = operation.path().replace("{platform}", id.equals(ILL_FORMED) ? id : "meta_ads");
        return client.send(operation.method(), path.replaceAll("\\{[a-zA-Z]+}", id), body);
    }

    private static String absent() {
        return UUID.randomUUID().toString();
    }

    private static String code(ApiAnswer answer) {
        return answer.errorCode();
    }

    private static Stream<String> paths(ApiAnswer answer) {
        return answer.json().at("/error/details/issues").findValuesAsText("path").stream();
    }

    /// Those ids of the path whose form is known before anything is looked up.
    private static List<String> formed(Operation operation) {
        return Stream.of("endpointId", "keyId", "orgId", "platform", "projectId")
                .filter(name -> operation.path().contains("{" + name + "}"))
                .toList();
    }
}
