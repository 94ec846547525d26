package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.NullNode;
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
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The types of `openapi.yaml` are those of the server: of every member of every body, null is taken exactly where the
/// description names it, and every other type that it does not name is refused by the member's name.
class DescribedTypesTest {
    private static final JsonMapper JSON = new JsonMapper();

    private static SandboxProcess sandbox;
    private static RunningVarve varve;
    private static OpenApi described;
    private static Shop shop;
    private static DescribedFamily family;

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(DescribedTypesTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(directory.resolve("data"), sandbox);
        described = OpenApi.parse(varve.http().get("/openapi.yaml").expect(200).text());
        shop = Shop.open(varve, "Typed");
        family = DescribedFamily.of(varve.api());
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    @Test
    void aTypeThatIsNotDescribedIsRefusedByName() throws Exception {
        List<String> problems = new ArrayList<>();
        int tried = 0;
        for (Operation operation : partnerOperations()) {
            for (DescribedMember member : DescribedMember.of(described, operation)) {
                for (JsonNode value : member.ofOtherKinds()) {
                    tried++;
                    ApiAnswer answer = send(operation, member.in(body(operation), value));
                    if (answer.status() != 422 || !names(answer, member)) {
                        problems.add(shown(operation, member, value, answer));
                    }
                }
            }
        }
        assertThat(problems).isEmpty();
        assertThat(tried).isGreaterThan(400);
    }

    @Test
    void aDescribedNullIsNoProblem() throws Exception {
        List<String> problems = new ArrayList<>();
        int tried = 0;
        for (Operation operation : partnerOperations()) {
            for (DescribedMember member : DescribedMember.of(described, operation)) {
                if (member.takes("null")) {
                    tried++;
                    ApiAnswer answer = send(operation, member.in(body(operation), NullNode.instance));
                    if (answer.status() >= 500 || names(answer, member)) {
                        problems.add(shown(operation, member, NullNode.instance, answer));
                    }
                }
            }
        }
        assertThat(problems).isEmpty();
        assertThat(tried).isGreaterThan(60);
    }

    @Test
    void anSdkMaySendEveryDescribedType() throws Exception {
        List<String> problems = new ArrayList<>();
        Operation ingest = described.operations().stream()
                .filter(operation -> operation.id().equals("ingestEvents"))
                .findFirst()
                .orElseThrow();
        for (DescribedMember member : DescribedMember.of(described, ingest)) {
            for (JsonNode value : List.of(NullNode.instance, JSON.readTree("7"))) {
                if (member.takes(value.isNull() ? "null" : "number")) {
                    ApiAnswer answer = send(ingest, member.in(body(ingest), value));
                    if (answer.status() != 202
                            || !answer.json().path("rejected").isEmpty()) {
                        problems.add(shown(ingest, member, value, answer));
                    }
                }
            }
        }
        assertThat(problems).isEmpty();
    }

    private static List<Operation> partnerOperations() {
        return described.operations().stream()
                .filter(operation -> operation.needsKey() && operation.hasBody())
                .toList();
    }

    private static JsonNode body(Operation operation) throws Exception {
        String body = DescribedBodies.of(operation.id(), shop);
        return JSON.readTree(body.isEmpty() ? "{}" : body);
    }

    private static ApiAnswer send(Operation operation, JsonNode body) {
        Http client = operation.needsKey() ? shop.api() : shop.sdk();
        String path = operation
                .path()
                .replace("{projectId}", shop.projectId())
                .replace("{appId}", shop.appId())
                .replace("{platform}", "meta_ads")
                .replace("{orgId}", family.child())
                .replace("{keyId}", family.keyId())
                .replace("{endpointId}", family.endpointId());
        return client.send(operation.method(), path, body.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static boolean names(ApiAnswer answer, DescribedMember member) {
        return answer.json().at("/error/details/issues").findValuesAsText("path").stream()
                .anyMatch(path -> path.equals(member.path()) || path.startsWith(member.path() + "["));
    }

    private static String shown(Operation operation, DescribedMember member, JsonNode value, ApiAnswer answer) {
        return operation + " " + member.path() + " = " + value + ": " + answer.status() + " " + answer.text();
    }
}
