package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.varve.e2e.fixture.ApiAnswer;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.Http;
import dev.varve.e2e.fixture.OpenApi;
import dev.varve.e2e.fixture.OpenApi.Operation;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.Shop;
import dev.varve.e2e.fixture.Tenants;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The served description and the running server agree: every operation, every status, every field.
class OpenApiTest {
    /// Not brought about here: they need a flood, or a store that is away.
    private static final Map<String, Set<String>> OUT_OF_REACH = Map.ofEntries(
            Map.entry("postEvents", Set.of("429")),
            Map.entry("ingestEvents", Set.of("429", "503")),
            Map.entry("describeUser", Set.of("429", "503")),
            Map.entry("stateConsent", Set.of("429", "503")),
            Map.entry("sdkConfig", Set.of("503")),
            Map.entry("takePostback", Set.of("429", "503")),
            Map.entry("reportAttribution", Set.of("401", "429", "503")),
            Map.entry("followClick", Set.of("503")),
            Map.entry("replayDeadLetters", Set.of("429")),
            // A key that lacks org:admin is refused by tests of their own.
            Map.entry("createWebhookEndpoint", Set.of("403")),
            Map.entry("patchWebhookEndpoint", Set.of("403")),
            Map.entry("deleteWebhookEndpoint", Set.of("403")),
            Map.entry("rotateWebhookSecret", Set.of("403")),
            Map.entry("health", Set.of("503")));

    private static final Set<String> INGEST = Set.of(
            "ingestEvents",
            "describeUser",
            "stateConsent",
            "sdkConfig",
            "takePostback",
            "reportAttribution",
            "followClick");

    private static SandboxProcess sandbox;
    private static RunningVarve varve;
    private static OpenApi described;
    private static Shop shop;
    private static Shop archived;
    private static DescribedFamily family;
    private static DescribedRefusals refusals;
    private static String eventId;
    private static String deadLetterId;
    private static String jobId;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(OpenApiTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(directory.resolve("data"), sandbox);
        described = OpenApi.parse(varve.http().get("/openapi.yaml").expect(200).text());
        shop = Shop.open(varve, "Described");
        archived = Shop.open(varve, "Archived");
        archived.api().delete(archived.path("")).expect(200);
        eventId = SdkEvents.ids("described", 1).getFirst();
        shop.send(List.of(eventId)).expect(202);
        Eventually.holds(
                "it is forwarded",
                Duration.ofSeconds(10),
                () -> shop.receipt(eventId, "meta").equals("forwarded")
                        && shop.receipt(eventId, "tiktok").equals("forwarded"));
        family = DescribedFamily.of(varve.api());
        refusals = new DescribedRefusals(varve, sandbox, shop, archived, family);
        deadLetterId = givenUp();
        jobId = replayed();
    }

    private static String givenUp() {
        String dead = SdkEvents.ids("given-up", 1).getFirst();
        String body = SdkEvents.body(SdkEvents.purchase(dead).replace("\"currency\": \"EUR\", ", ""));
        shop.sdk().post("/l/events", body).expect(202);
        Eventually.holds("it is given up", Duration.ofSeconds(10), () -> shop.receipt(dead, "meta")
                .equals("dead"));
        return shop.api()
                .get(shop.path("/dead-letters"))
                .expect(200)
                .json()
                .at("/items/0/deadLetterId")
                .asText();
    }

    /// The id of a replay that is over: the dead letter died again.
    private static String replayed() {
        String id = shop.api()
                .post(shop.path("/dead-letters/replay"), DescribedBodies.of("replayDeadLetters", shop))
                .expect(202)
                .json()
                .path("jobId")
                .asText();
        Eventually.holds("its replay is over", Duration.ofSeconds(60), () -> !shop.api()
                .get("/v1/jobs/" + id)
                .json()
                .path("status")
                .asText()
                .equals("running"));
        return id;
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    @Test
    void everyOperationAnswersAsDescribed() {
        List<String> problems = new ArrayList<>();
        Map<String, Set<String>> seen = new TreeMap<>();
        for (Operation operation : described.operations()) {
            for (DescribedCall call : calls(operation)) {
                ApiAnswer answer = call.answer(operation);
                seen.computeIfAbsent(operation.toString(), _ -> new TreeSet<>()).add(Integer.toString(answer.status()));
                described
                        .problems(operation, answer)
                        .forEach(problem -> problems.add(operation + " (" + call.what() + ") " + problem));
                if (!call.expected().contains(Integer.toString(answer.status()))) {
                    problems.add(operation + " (" + call.what() + ") answered " + answer.status() + ", not "
                            + call.expected() + ": " + answer.text());
                }
            }
        }
        for (Operation operation : described.operations()) {
            Set<String> missing = new TreeSet<>(operation.statuses());
            missing.removeAll(seen.getOrDefault(operation.toString(), Set.of()));
            missing.remove("500"); // a defect cannot be brought about
            missing.removeAll(OUT_OF_REACH.getOrDefault(operation.id(), Set.of()));
            if (operation.needsKey()) {
                missing.remove("429"); // the first key has no limit; the server's own tests empty a bucket
            }
            if (!missing.isEmpty()) {
                problems.add(operation + " promises " + missing + ", which was never seen");
            }
        }

        assertThat(problems).isEmpty();
    }

    @Test
    void aMethodThatIsNotDescribedIsRefusedAndTheDescribedOnesAreNamed() {
        Map<String, Set<String>> methods = new TreeMap<>();
        described.operations().forEach(operation -> methods.put(operation.path(), methodsOf(operation.path())));

        methods.forEach((path, allowed) -> {
            if (!path.startsWith("/v1")) {
                return;
            }
            for (String method : List.of("GET", "POST", "PUT", "PATCH", "DELETE")) {
                if (!allowed.contains(method)) {
                    ApiAnswer answer = shop.api().send(method, filled(path), null);
                    assertThat(answer.status()).as(method + " " + path).isEqualTo(405);
                    assertThat(answer.header("Allow")).isEqualTo(String.join(", ", allowed));
                    assertThat(described.problems("Error", answer.json())).isEmpty();
                }
            }
        });
    }

    /// `…/events/preview` is an event's path too: an event's id may be any word. Other ids are none.
    private static Set<String> methodsOf(String template) {
        String path = filled(template);
        Set<String> methods = new TreeSet<>();
        described.operations().stream()
                .filter(operation -> operation.path().equals(template)
                        || operation.path().endsWith("{eventId}")
                                && path.matches(operation.path().replaceAll("\\{[a-zA-Z]+}", "[^/]+")))
                .forEach(operation -> methods.add(operation.method()));
        return methods;
    }

    @Test
    void aPathThatNobodyServesHasTheEnvelopeToo() {
        for (String path : List.of("/v1/nothing", "/nothing", "/v1/projects/x/y/z")) {
            ApiAnswer answer = shop.api().get(path).expect(404);
            assertThat(described.problems("Error", answer.json())).isEmpty();
        }
    }

    @Test
    void theWalkerSeesWhatIsMissingTooMuchOrOfAnotherKind() throws Exception {
        JsonMapper json = new JsonMapper();
        String receipt = """
                {"platform": "meta", "state": "forwarded", "at": "2026-11-04T16:02:51.884Z"}""";

        assertThat(described.problems("Receipt", json.readTree(receipt))).isEmpty();
        for (String planted : List.of(
                receipt.replace("\"platform\": \"meta\", ", ""),
                receipt.replace("forwarded", "arrived"),
                receipt.replace("}", ", \"extra\": 1}"),
                receipt.replace(".884Z", "Z"),
                receipt.replace("}", ", \"notes\": [1]}"),
                receipt.replace("}", ", \"reason\": null}"),
                "[]")) {
            assertThat(described.problems("Receipt", json.readTree(planted)))
                    .as(planted)
                    .hasSize(1);
        }
    }

    @Test
    void theWalkerSeesAStatusThatIsNotDescribed() {
        Operation whoami = described.operations().stream()
                .filter(operation -> operation.id().equals("whoami"))
                .findFirst()
                .orElseThrow();

        assertThat(described.problems(whoami, shop.api().get("/v1/nothing").expect(404)))
                .hasSize(1);
    }

    private static List<DescribedCall> calls(Operation operation) {
        Http client = client(operation);
        String path = filled(operation.path());
        String body = DescribedBodies.of(operation.id(), shop);
        List<DescribedCall> calls = new ArrayList<>();
        if (operation.needsKey()) {
            String success = operation.id().equals("createWebhookEndpoint") ? "201" : "200";
            Tenants tenants = new Tenants(varve);
            UUID suspended = tenants.organization();
            tenants.status(suspended, "suspended");
            calls.add(new DescribedCall("no key", varve.http(), path, body, Set.of("401")));
            calls.add(new DescribedCall("suspended", tenants.key(suspended, "live", "*"), path, body, Set.of("503")));
            calls.add(new DescribedCall(
                    "key without scope",
                    tenants.key(tenants.first(), "live", "content:read"),
                    success(operation, path),
                    body,
                    Set.of(operation.needsScope() ? "403" : success)));
        }
        if (operation.statuses().contains("413")) {
            calls.add(new DescribedCall(
                    "too large", client, path, "{\"x\": \"" + "x".repeat(11 << 20) + "\"}", Set.of("413")));
        }
        if (operation.statuses().contains("415")) {
            calls.add(new DescribedCall("xml", typed(operation, "application/xml"), path, "<a/>", Set.of("415")));
        }
        if (operation.hasBody()) {
            calls.add(new DescribedCall("unreadable", client, path, "{", Set.of("422", "400")));
        }
        calls.addAll(refusals.of(operation.id(), client, path));
        if (operation.statuses().contains("404") && (path + body).contains(shop.projectId())) {
            calls.add(new DescribedCall(
                    "absent project",
                    client,
                    path.replace(shop.projectId(), "prj_" + UUID.randomUUID()),
                    body.replace(shop.projectId(), "prj_" + UUID.randomUUID()),
                    Set.of("404")));
            calls.add(new DescribedCall(
                    "no project id",
                    client,
                    path.replace(shop.projectId(), "42"),
                    body.replace(shop.projectId(), "42"),
                    Set.of("422")));
        }
        if (operation.path().startsWith("/v1/projects") && operation.method().equals("GET")) {
            String wrong =
                    switch (operation.id()) {
                        case "listProjects", "listSdkApps", "listEvents", "listDeadLetters" -> "?limit=0";
                        case "capiStatus", "capiAccounting" -> "?platforms=apple_ads";
                        default -> "";
                    };
            calls.add(new DescribedCall("query", client, path + wrong, "", Set.of(wrong.isEmpty() ? "200" : "422")));
        }
        String succeeding = success(operation, path);
        calls.add(new DescribedCall("success", client, succeeding, body, Set.of("200", "201", "202", "302")));
        if (operation.definition().path("x-repeat").asText().matches("key|state")
                && !operation.id().equals("replayDeadLetters")) {
            Http keyed = client.plus("Idempotency-Key", UUID.randomUUID().toString());
            String again = success(operation, path);
            String other = DescribedBodies.of(operation.id(), shop);
            calls.add(new DescribedCall("with key", keyed, again, other, Set.of("200", "201", "202")));
            calls.add(new DescribedCall("the same once more", keyed, again, other, Set.of("200", "201", "202")));
            calls.add(new DescribedCall("key for another body", keyed, again, other + " ", Set.of("409")));
        }
        return calls;
    }

    private static String success(Operation operation, String path) {
        if (operation.id().equals("followClick")) {
            return path + "?url=https%3A%2F%2Fshop.example.com%2Fspring&fbclid=F1";
        }
        if (DescribedFamily.uses(operation.id())) {
            return family.fresh(operation.id(), path);
        }
        if (!operation.id().equals("archiveProject")) {
            return path;
        }
        return Shop.open(varve, "Short-lived").path("");
    }

    private static Http client(Operation operation) {
        return isIngest(operation) ? shop.sdk() : shop.api();
    }

    private static boolean isIngest(Operation operation) {
        return INGEST.contains(operation.id());
    }

    private static Http typed(Operation operation, String type) {
        return isIngest(operation)
                ? varve.http().with(Map.of("X-App-Id", shop.appId(), "Content-Type", type))
                : varve.http()
                        .with(Map.of(
                                "Authorization",
                                "Bearer " + varve.bootstrap().path("apiKey").asText(),
                                "Content-Type",
                                type));
    }

    private static String filled(String path) {
        return path.replace("{projectId}", shop.projectId())
                .replace("{appId}", shop.appId())
                .replace("{platform}", "meta_ads")
                .replace("{deadLetterId}", deadLetterId)
                .replace("{jobId}", jobId)
                .replace("{file}", "swagger-ui.css")
                .replace("{eventId}", eventId)
                .replace("{orgId}", family.child())
                .replace("{keyId}", family.keyId())
                .replace("{endpointId}", family.endpointId());
    }
}
