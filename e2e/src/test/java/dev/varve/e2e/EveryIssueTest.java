package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.e2e.fixture.ApiAnswer;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Http;
import dev.varve.e2e.fixture.OpenApi;
import dev.varve.e2e.fixture.OpenApi.Operation;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.Shop;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A refusal names every problem of a request at once, on every described operation.
class EveryIssueTest {
    /// What an operation takes however odd it is, or judges event by event.
    private static final Map<String, Set<String>> TAKEN_AS_IT_IS = Map.of(
            "ingestEvents", Set.of("batch_id", "sent_at"),
            "followClick", Set.of("url"),
            // A user id may be a number; a property may be any object.
            "describeUser", Set.of("app_id", "app_user_id"),
            "stateConsent", Set.of("app_id", "app_user_id", "install_id"));

    private static SandboxProcess sandbox;
    private static RunningVarve varve;
    private static OpenApi described;
    private static Shop shop;
    private static DescribedFamily family;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(EveryIssueTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(directory.resolve("data"), sandbox);
        described = OpenApi.parse(varve.http().get("/openapi.yaml").expect(200).text());
        shop = Shop.open(varve, "Broken");
        family = DescribedFamily.of(varve.api());
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    @Test
    void everyWrongQueryParameterIsNamed() {
        List<String> problems = new ArrayList<>();
        int tried = 0;
        for (Operation operation : described.operations()) {
            BrokenRequest broken = BrokenRequest.query(described, operation, "");
            if (operation.needsKey() && !broken.names().isEmpty()) {
                tried++;
                problems.addAll(problems(operation, broken));
            }
        }
        assertThat(problems).isEmpty();
        assertThat(tried).isGreaterThan(8);
    }

    @Test
    void everyMemberOfTheWrongKindIsNamed() {
        List<String> problems = new ArrayList<>();
        for (Operation operation : described.operations()) {
            if (operation.hasBody()) {
                problems.addAll(problems(operation, BrokenRequest.kinds(described, operation)));
            }
        }
        assertThat(problems).isEmpty();
    }

    @Test
    void everyMemberOutOfItsBoundsIsNamed() {
        List<String> problems = new ArrayList<>();
        int named = 0;
        for (Operation operation : described.operations()) {
            if (operation.hasBody() && !operation.id().equals("ingestEvents")) {
                BrokenRequest broken = BrokenRequest.leaves(described, operation);
                named += broken.names().size();
                problems.addAll(problems(operation, broken));
            }
        }
        assertThat(problems).isEmpty();
        assertThat(named).isGreaterThan(80);
    }

    /// An SDK's events are judged one by one, and so is their refusal: `details.rejected[]` has each event.
    @Test
    void everyRefusedEventOfAnSdkIsNamed() {
        ApiAnswer answer = shop.sdk().post("/events", "{\"events\": [{\"event\": 7}, 7, {\"event\": \"x\"}]}");

        assertThat(answer.expect(400).json().at("/error/details/rejected").findValuesAsText("index"))
                .containsExactly("0", "1", "2");
    }

    private static List<String> problems(Operation operation, BrokenRequest broken) {
        byte[] body = broken.body().isEmpty() ? null : broken.body().getBytes(StandardCharsets.UTF_8);
        Http client = operation.needsKey() ? shop.api() : shop.sdk();
        ApiAnswer answer = client.send(operation.method(), filled(operation.path()) + broken.query(), body);
        Set<String> missing = new HashSet<>(broken.names());
        missing.removeAll(TAKEN_AS_IT_IS.getOrDefault(operation.id(), Set.of()));
        if (missing.isEmpty()) {
            return List.of();
        }
        if (answer.status() != (operation.needsKey() ? 422 : 400)) {
            return List.of(operation + " answered " + answer.status() + " " + answer.text());
        }
        answer.json()
                .at("/error/details/issues")
                .findValuesAsText("path")
                .forEach(path -> missing.removeIf(
                        name -> path.equals(name) || path.startsWith(name + ".") || path.startsWith(name + "[")));
        return missing.isEmpty() ? List.of() : List.of(operation + " does not name " + missing + ": " + answer.text());
    }

    private static String filled(String path) {
        return path.replace("{projectId}", shop.projectId())
                .replace("{appId}", shop.appId())
                .replace("{platform}", "meta_ads")
                .replace("{orgId}", family.child())
                .replace("{keyId}", family.keyId())
                .replace("{endpointId}", family.endpointId());
    }
}
