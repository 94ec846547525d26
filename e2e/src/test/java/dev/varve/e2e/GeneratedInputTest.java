package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.e2e.fixture.ApiAnswer;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Http;
import dev.varve.e2e.fixture.OpenApi;
import dev.varve.e2e.fixture.OpenApi.Operation;
import dev.varve.e2e.fixture.RunningVarve;
import dev.varve.e2e.fixture.SandboxProcess;
import dev.varve.e2e.fixture.Shop;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Whatever is sent to a described operation, its answer is a described one, and none says that the server failed.
class GeneratedInputTest {
    private static final int PER_OPERATION = 40;
    private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");
    private static final List<String> TEXTS = List.of(
            "",
            "0",
            "-1",
            "null",
            "true",
            "1e999",
            "a b",
            "\u0000",
            "\uFFFD\uD83D\uDE00",
            "../../etc",
            "%",
            "'\";--",
            "2026-11-04T16:02:48.900Z",
            "9999-99-99T99:99:99Z",
            "2026-01-01T00:00:00+99:00",
            "meta_ads",
            "tiktok",
            // A request line of more than 4 KiB is refused before any operation sees it.
            "x".repeat(300));
    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "-1",
            "1e400",
            "123456789012345678901234567890",
            "\"\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "[]",
            "[null]",
            "{}",
            "{\"\":{\"a\":[[[]]]}}",
            "\"2026-11-04T16:02:48.900Z\"",
            "\"" + "y".repeat(3_000) + "\"");

    private static SandboxProcess sandbox;
    private static RunningVarve varve;
    private static OpenApi described;
    private static Shop shop;
    private static DescribedFamily family;

    private final long seed = Long.getLong("varve.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @BeforeAll
    static void start() {
        Path directory = Directories.fresh(GeneratedInputTest.class, "all");
        sandbox = SandboxProcess.start(directory);
        varve = RunningVarve.start(directory.resolve("data"), sandbox);
        described = OpenApi.parse(varve.http().get("/openapi.yaml").expect(200).text());
        shop = Shop.open(varve, "Fuzzed");
        family = DescribedFamily.of(varve.api());
    }

    @AfterAll
    static void stop() {
        varve.close();
        sandbox.close();
    }

    @Test
    void noInputMakesAnOperationFailOrAnswerOtherwiseThanDescribed() {
        List<String> problems = new ArrayList<>();
        for (Operation operation : described.operations()) {
            // By a path that happens to be right these would end the test's own objects.
            boolean isFinal = operation.id().equals("archiveProject") || DescribedFamily.uses(operation.id());
            for (int i = 0; i < PER_OPERATION; i++) {
                String path = path(operation, isFinal) + query(operation);
                byte[] body = operation.method().equals("GET")
                        ? null
                        : body(operation).getBytes(StandardCharsets.UTF_8);
                ApiAnswer answer = client(operation).send(operation.method(), path, body);
                String what = operation.method() + " " + path + " "
                        + (body == null ? "" : new String(body, StandardCharsets.UTF_8));
                if (answer.status() >= 500) {
                    problems.add(shortened(what) + " failed with " + answer.status() + " " + answer.text());
                }
                described
                        .problems(operation, answer)
                        .forEach(problem -> problems.add(shortened(what) + ": " + shortened(problem)));
            }
        }
        assertThat(problems).as("with -Dvarve.seed=" + seed).isEmpty();
        shop.api().get("/v1/whoami").expect(200);
    }

    private String path(Operation operation, boolean isFinal) {
        Map<String, String> right = isFinal ? Map.of() : ownIds();
        return PARAMETER.matcher(operation.path()).replaceAll(found -> {
            String known = right.getOrDefault(found.group(1), UUID.randomUUID().toString());
            return Matcher.quoteReplacement(random.nextInt(4) == 0 ? segment() : known);
        });
    }

    private static Map<String, String> ownIds() {
        return Map.of(
                "projectId", shop.projectId(),
                "appId", shop.appId(),
                "platform", "tiktok_ads",
                "orgId", family.child(),
                "keyId", family.keyId(),
                "endpointId", family.endpointId());
    }

    /// An empty segment or dots would name another path.
    private String segment() {
        String text = any(TEXTS);
        return text.isEmpty()
                ? "x"
                : encoded(text.replace(".", "d").replace("/", "s").replace("\\", "b"));
    }

    private String query(Operation operation) {
        StringBuilder query = new StringBuilder("?");
        for (JsonNode parameter : operation.definition().path("parameters")) {
            JsonNode known = described.resolve(parameter);
            if (known.path("in").asText().equals("query") && random.nextInt(3) != 0) {
                query.append(known.path("name").asText())
                        .append(random.nextInt(8) == 0 ? "[]=" : "=")
                        .append(encoded(any(TEXTS)))
                        .append('&');
            }
        }
        return query.toString();
    }

    /// Often the body that succeeds with one value changed, else something else.
    private String body(Operation operation) {
        String good = DescribedBodies.of(operation.id(), shop);
        return switch (random.nextInt(6)) {
            case 0 -> any(VALUES);
            case 1 -> good.isEmpty() ? "{" : good.substring(0, random.nextInt(good.length()));
            case 2 ->
                "{\"" + any(List.of("name", "capi", "events", "metadata", "enabled", "")) + "\":" + any(VALUES) + "}";
            default -> mutated(good.isEmpty() ? "{}" : good);
        };
    }

    private String mutated(String good) {
        List<int[]> values = new ArrayList<>();
        Matcher matcher =
                Pattern.compile(":\\s*(\"[^\"]*\"|[\\d.]+|true|false|null)").matcher(good);
        while (matcher.find()) {
            values.add(new int[] {matcher.start(1), matcher.end(1)});
        }
        if (values.isEmpty()) {
            return good;
        }
        int[] place = values.get(random.nextInt(values.size()));
        return good.substring(0, place[0]) + any(VALUES) + good.substring(place[1]);
    }

    private static Http client(Operation operation) {
        return operation.needsKey() ? shop.api() : shop.sdk();
    }

    private String any(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String shortened(String text) {
        return text.length() <= 500 ? text : text.substring(0, 500) + "…";
    }
}
