package dev.varve.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.e2e.fixture.Directories;
import dev.varve.e2e.fixture.Product;
import dev.varve.e2e.fixture.RunningVarve;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What a newcomer pastes from the first page works.
class ReadmeTest {
    private static final Pattern FIRST_EVENT = Pattern.compile("(?s)```\\n(KEY=.*?)```");

    @Test
    void theCommandsOfTheFirstEventStoreItAndShowIt() throws Exception {
        Path data = Directories.fresh(ReadmeTest.class, "first").resolve("data");
        try (RunningVarve varve = RunningVarve.prepare(data, List.of(), Map.of())) {
            varve.start();

            String printed = run(commands()
                    .replace("varve-data/bootstrap.json", varve.bootstrapFile().toString())
                    .replace(
                            "http://localhost:8080",
                            varve.bootstrap().path("apiUrl").asText()));

            assertThat(printed).contains("{\"accepted\":1,", "purchase_success", "\"forwarding\"");
        }
    }

    private static String commands() throws Exception {
        Matcher block = FIRST_EVENT.matcher(Files.readString(Product.root().resolve("README.md")));
        assertThat(block.find()).isTrue();
        return block.group(1);
    }

    private static String run(String script) throws Exception {
        Process shell = new ProcessBuilder("bash", "-c", script)
                .redirectErrorStream(true)
                .start();
        String printed = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return printed;
    }
}
