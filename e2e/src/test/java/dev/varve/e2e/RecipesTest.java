package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Eventually;
import dev.varve.e2e.fixture.Product;
import dev.varve.e2e.fixture.RunningVarve;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Whoever pastes the recipes into a terminal beside the demo gets what they tell of.
class RecipesTest {
    private static final Pattern BLOCK = Pattern.compile("(?s)```\\n(.*?)```");
    private static final String VARIABLES = "API KEY PROJECT APP EVENT LETTER JOB";

    @Test
    void everyCommandWorksInItsOrderAndTheStoryIsTrue() throws Exception {
        Path directory = Directories.fresh(RecipesTest.class, "all");
        try (RunningVarve varve = RunningVarve.prepareDemo(directory.resolve("data"))) {
            varve.start();
            Eventually.holds(
                    "the demo project is there",
                    Duration.ofSeconds(30),
                    () -> varve.bootstrapFile().toFile().exists()
                            && varve.bootstrap().has("projectId"));
            List<String> blocks = blocks(varve);
            Path variables = directory.resolve("variables");
            run(blocks.getFirst(), variables);
            assertThat(run(blocks.get(1), variables)).contains("\"accepted\":1");
            Eventually.holds(
                    "the purchase is dead on Meta",
                    Duration.ofSeconds(15),
                    () -> run(blocks.get(2), variables),
                    () -> run(blocks.get(2), variables).contains("\"reason\":\"missing_currency\""));

            StringBuilder printed = new StringBuilder();
            for (String block : blocks.subList(2, blocks.size())) {
                printed.append(run(block, variables)).append('\n');
            }

            assertThat(printed.toString())
                    .doesNotContain("\"error\":{")
                    .contains(
                            "\"state\":\"dead\"",
                            "\"payload\":null",
                            "\"wouldSend\":true",
                            "\"willReplay\":1",
                            "\"kind\":\"dead_letter_replay\"",
                            "\"unexplained\":0",
                            "\"subjectType\":\"capi_forward\"",
                            "\"schemaDrift\":[]",
                            "\"eventType\":\"capi.config_changed\"",
                            "{\"accepted\":true}");
        }
    }

    private static List<String> blocks(RunningVarve varve) throws IOException {
        String recipes = Files.readString(Product.root().resolve("docs/recipes.md"))
                .replace("varve-data/bootstrap.json", varve.bootstrapFile().toString());
        return BLOCK.matcher(recipes)
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
    }

    /// With the variables the blocks before left, as in one terminal.
    private static String run(String block, Path variables) {
        String script = "touch " + variables + "\n. " + variables + "\n" + block + "\ndeclare -p " + VARIABLES + " > "
                + variables + " 2> /dev/null || true";
        try {
            Process shell = new ProcessBuilder("bash", "-c", script)
                    .redirectErrorStream(true)
                    .start();
            String printed = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(shell.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return printed;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
