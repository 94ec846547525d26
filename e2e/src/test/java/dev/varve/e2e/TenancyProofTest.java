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
import dev.varve.e2e.fixture.SdkEvents;
import dev.varve.e2e.fixture.Shop;
import dev.varve.e2e.fixture.Tenants;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Every described route, with every kind of object of another organization and of the other mode: absent. And without
/// its scope: refused by name. Routes come from the description, so a new one is tried without being listed here.
class TenancyProofTest {
    private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");
    /// Not objects of anybody.
    private static final Map<String, String> SHARED = Map.of("platform", "meta_ads");
    /// Their answer is about the caller alone.
    private static final List<String> OWN = List.of("whoami", "createProject", "createOrganization");

    private static SandboxProcess sandbox;
    private static RunningVarve varve;
    private static OpenApi described;
    private static Shop owner;
    private static Shop stranger;
    private static Shop testShop;
    private static Map<String, String> owned;
    private static Map<Shop, DescribedFamily> families;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(TenancyProofTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(directory.resolve("data"), sandbox);
        described = OpenApi.parse(varve.http().get("/openapi.yaml").expect(200).text());
        Tenants tenants = new Tenants(varve);
        owner = Shop.open(varve, "Owner");
        stranger = Shop.open(tenants.key(tenants.organization(), "live", "*", "org:admin"), varve.http(), "Stranger");
        testShop = Shop.open(tenants.key(tenants.first(), "test", "*", "org:admin"), varve.http(), "Test mode");
        families = Map.of(
                owner, DescribedFamily.of(owner.api()),
                stranger, DescribedFamily.of(stranger.api()),
                testShop, DescribedFamily.of(testShop.api()));
        owned = ownedObjects();
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    /// One of every kind that a path can name.
    private static Map<String, String> ownedObjects() {
        Map<String, String> objects = new HashMap<>(idsOf(owner));
        String eventId = SdkEvents.ids("owned", 1).getFirst();
        String body = SdkEvents.body(SdkEvents.purchase(eventId).replace("\"currency\": \"EUR\", ", ""));
        owner.sdk().post("/l/events", body).expect(202);
        Eventually.holds("it is given up", Duration.ofSeconds(15), () -> owner.receipt(eventId, "meta")
                .equals("dead"));
        objects.put("eventId", eventId);
        objects.put(
                "deadLetterId",
                owner.api()
                        .get(owner.path("/dead-letters"))
                        .expect(200)
                        .json()
                        .at("/items/0/deadLetterId")
                        .asText());
        objects.put(
                "jobId",
                owner.api()
                        .post(owner.path("/dead-letters/replay"), "{\"dryRun\": false, \"platform\": \"meta\"}")
                        .expect(202)
                        .json()
                        .path("jobId")
                        .asText());
        return objects;
    }

    private static Map<String, String> idsOf(Shop shop) {
        Map<String, String> ids = new HashMap<>(SHARED);
        ids.put("projectId", shop.projectId());
        ids.put("appId", shop.appId());
        DescribedFamily family = Objects.requireNonNull(families.get(shop));
        ids.put("orgId", family.child());
        ids.put("keyId", family.keyId());
        ids.put("endpointId", family.endpointId());
        return ids;
    }

    @Test
    void everyObjectOfAnotherOrganizationOrModeIsAbsentOnEveryRoute() {
        List<String> problems = new ArrayList<>();
        int tried = 0;
        for (Operation operation : operations()) {
            for (Shop intruder : List.of(stranger, testShop)) {
                for (String path : foreignPaths(operation, intruder)) {
                    tried++;
                    ApiAnswer answer = send(intruder.api(), operation, path);
                    if (answer.status() != 404 || !answer.errorCode().equals("NOT_FOUND")) {
                        problems.add(operation + " as " + path + " answered " + answer.status() + " " + answer.text());
                    }
                }
            }
        }
        assertThat(problems).isEmpty();
        assertThat(tried).isGreaterThan(40);
    }

    @Test
    void listsWithoutAPathHoldNothingOfOthers() {
        List<String> problems = new ArrayList<>();
        for (Operation operation : operations()) {
            if (operation.path().contains("{") || OWN.contains(operation.id())) {
                continue;
            }
            for (Shop intruder : List.of(stranger, testShop)) {
                ApiAnswer answer = send(intruder.api(), operation, operation.path());
                boolean isAbsent = answer.status() == 404;
                // Its own audit rows repeat the paths it asked for.
                String shown = answer.text().replaceAll("\"path\":\"[^\"]*\"", "");
                boolean holdsOwnOnly = answer.status() == 200
                        && owned.values().stream()
                                .filter(id -> !SHARED.containsValue(id))
                                .noneMatch(shown::contains);
                if (!isAbsent && !holdsOwnOnly) {
                    problems.add(operation + " answered " + answer.status() + " " + answer.text());
                }
            }
        }
        assertThat(problems).isEmpty();
    }

    @Test
    void aForeignProjectCannotBeMovedIntoAnOwnChild() {
        for (Shop intruder : List.of(stranger, testShop)) {
            String child = idsOf(intruder).get("orgId");
            ApiAnswer answer = intruder.api()
                    .post(
                            "/v1/organizations/" + child + "/projects/migrate",
                            "{\"projectIds\": [\"" + owner.projectId() + "\"]}");
            assertThat(answer.status()).as(answer.text()).isEqualTo(404);
        }
    }

    @Test
    void withoutItsScopeEveryRouteIsRefusedNamingIt() {
        Tenants tenants = new Tenants(varve);
        TreeSet<String> all = new TreeSet<>(List.of("content:read", "metrics:read", "ads:write:budgets"));
        operations().stream()
                .map(TenancyProofTest::scope)
                .filter(scope -> !scope.isEmpty())
                .forEach(all::add);
        Map<String, Http> lacking = new HashMap<>();
        List<String> problems = new ArrayList<>();
        for (Operation operation : operations()) {
            String scope = scope(operation);
            if (scope.isEmpty()) {
                continue;
            }
            Http client = lacking.computeIfAbsent(
                    scope,
                    _ -> tenants.key(
                            tenants.first(),
                            "live",
                            all.stream()
                                    .filter(other -> !other.equals(scope))
                                    .filter(other -> !isAlternative(operation, other))
                                    .toArray(String[]::new)));
            ApiAnswer answer = send(client, operation, filled(operation.path(), owned));
            if (answer.status() != 403
                    || !answer.errorCode().equals("FORBIDDEN_SCOPE")
                    || !answer.json()
                            .at("/error/details/requiredScope")
                            .asText()
                            .equals(scope)) {
                problems.add(operation + " without " + scope + " answered " + answer.status() + " " + answer.text());
            }
        }
        assertThat(problems).isEmpty();
        assertThat(lacking).hasSizeGreaterThan(5);
    }

    /// Changing an app's `capi` alone needs the narrower scope only.
    private static boolean isAlternative(Operation operation, String scope) {
        return scope(operation).equals("projects:write") && scope.equals("ads:write:capi");
    }

    private static List<Operation> operations() {
        return described.operations().stream()
                .filter(Operation::needsKey)
                .filter(operation -> operation.path().startsWith("/v1/"))
                .toList();
    }

    /// Every key may kill itself; for any other that route asks for the scope by itself.
    private static String scope(Operation operation) {
        return operation.id().equals("killApiKey")
                ? "org:admin"
                : operation.definition().path("x-scope").asText();
    }

    /// The path with one foreign object in turn, and the intruder's own ones in its other places.
    private static List<String> foreignPaths(Operation operation, Shop intruder) {
        Map<String, String> own = idsOf(intruder);
        return parameters(operation)
                .filter(name -> !SHARED.containsKey(name))
                .map(foreign -> {
                    Map<String, String> ids = new HashMap<>(owned);
                    ids.putAll(own);
                    ids.put(foreign, owned.get(foreign));
                    return filled(operation.path(), ids);
                })
                .distinct()
                .toList();
    }

    private static Stream<String> parameters(Operation operation) {
        return PARAMETER.matcher(operation.path()).results().map(found -> found.group(1));
    }

    private static String filled(String path, Map<String, String> ids) {
        return PARAMETER.matcher(path).replaceAll(found -> {
            String id = ids.get(found.group(1));
            if (id == null) {
                throw new AssertionError("this test must learn to make a " + found.group(1));
            }
            return Matcher.quoteReplacement(id);
        });
    }

    private static ApiAnswer send(Http client, Operation operation, String path) {
        String body = DescribedBodies.of(operation.id(), owner);
        boolean hasBody = operation.hasBody() && !body.isEmpty();
        return client.plus("Idempotency-Key", UUID.randomUUID().toString())
                .send(
                        operation.method(),
                        path,
                        hasBody ? body.getBytes(java.nio.charset.StandardCharsets.UTF_8) : null);
    }
}
