package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.RunningVarve;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// `./varve demo` shows the whole path without any account at a platform.
class DemoTest {
    private static final Pattern CURL = Pattern.compile("(?m)^\\s*(curl (?:[^\\n]*\\\\\\n)*[^\\n]*)$");

    @Test
    void withinAMinuteAnEventListShowsEventsForwardedToBothPlatformsAndTheCurlCommandsWork() throws Exception {
        try (RunningVarve varve = RunningVarve.prepareDemo(
                Directories.fresh(DemoTest.class, "all").resolve("data"))) {
            varve.start();
            JsonNode bootstrap = awaitDemoBootstrap(varve);
            String events = "/v1/projects/" + bootstrap.path("projectId").asText() + "/events?limit=200";

            Eventually.holds(
                    "an event with a receipt from both platforms",
                    Duration.ofSeconds(60),
                    () -> varve.api().get(events).text(),
                    () -> isAnyForwardedToBoth(varve.api().get(events).json().path("items")));

            assertTheLinesOfAttemptsHaveStableNames(varve);
            for (String member :
                    List.of("apiUrl", "ingestUrl", "dashboardUrl", "sandboxUrl", "appId", "webAppId", "apiKey")) {
                assertThat(bootstrap.path(member).asText()).as(member).isNotEmpty();
            }
            Eventually.holds(
                    "three curl commands are printed",
                    Duration.ofSeconds(20),
                    () -> curls(varve).size() >= 3);
            for (String command : curls(varve)) {
                assertThat(run(command)).as(command).matches("2\\d\\d");
            }
        }
    }

    /// Dashboards and alarms of operators are built on these names.
    private static void assertTheLinesOfAttemptsHaveStableNames(RunningVarve varve) throws IOException {
        String line = varve.log()
                .lines()
                .filter(each -> each.contains("\"message\":\"attempt.finished\""))
                .findFirst()
                .orElseThrow();
        assertThat(new JsonMapper().readTree(line).properties().stream().map(Map.Entry::getKey))
                .contains(
                        "projectId", "platform", "events", "outcome", "nextStep", "httpStatus", "traceId", "latencyMs")
                .isSubsetOf(
                        "@timestamp",
                        "@version",
                        "message",
                        "logger_name",
                        "thread_name",
                        "level",
                        "level_value",
                        "projectId",
                        "platform",
                        "events",
                        "outcome",
                        "nextStep",
                        "httpStatus",
                        "platformCode",
                        "traceId",
                        "latencyMs");
    }

    private static JsonNode awaitDemoBootstrap(RunningVarve varve) {
        Eventually.holds(
                "bootstrap.json names the demo project",
                Duration.ofSeconds(30),
                () -> varve.bootstrapFile().toFile().exists()
                        && varve.bootstrap().has("projectId"));
        return varve.bootstrap();
    }

    private static boolean isAnyForwardedToBoth(JsonNode items) {
        for (JsonNode item : items) {
            long forwarded = 0;
            for (JsonNode receipt : item.path("forwarding")) {
                if (receipt.path("state").asText().equals("forwarded")) {
                    forwarded++;
                }
            }
            if (forwarded == 2) {
                return true;
            }
        }
        return false;
    }

    private static List<String> curls(RunningVarve varve) {
        return CURL.matcher(varve.log())
                .results()
                .map(MatchResult::group)
                .map(String::strip)
                .toList();
    }

    /// Runs the command as pasted, with its status printed instead of its body.
    private static String run(String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        "bash", "-c", command.replaceFirst("^curl ", "curl -s -o /dev/null -w '%{http_code}' "))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).as(command).isTrue();
        return output.strip();
    }
}
