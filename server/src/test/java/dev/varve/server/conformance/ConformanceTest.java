package dev.varve.server.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The command over folders of cases of our own.
class ConformanceTest {
    @TempDir
    Path empty;

    private record Run(int code, String text) {}

    @Test
    void rightExpectationsPassAndContestedOnesAreShownWithoutFailing() throws Exception {
        Run run = run("good");
        assertThat(run.text())
                .contains("shopping-list.json: skipped")
                .contains("contested own-meta-contested: user_data.ge: expected")
                .contains("(synonyms are not guessed)")
                .contains("tea_tasting as tea_tasting")
                .doesNotContain("FAILED")
                .containsPattern("total +10 +0 +1 +0");
        assertThat(run.code()).isEqualTo(Conformance.ALL_PASSED);
    }

    @Test
    void everyPlantedWrongExpectationFailsAndTellsWhatWasSent() throws Exception {
        Run run = run("planted");
        assertThat(run.text())
                .contains("FAILED planted-value: custom_data.value: expected 12.51, got 12.5")
                .contains("FAILED planted-hash: user_data.em")
                .contains("FAILED planted-absence: custom_data.contents[0].id: must be absent, got \"77\"")
                .contains("FAILED planted-error: an error was expected")
                .contains("FAILED planted-type: properties.value: expected \"40\", got 40")
                .contains("FAILED planted-request: request.event_source: expected \"app\", got \"web\"")
                .contains("FAILED em#8: user_data.em")
                .containsPattern("total +1 +7 +0 +0");
        assertThat(run.code()).isEqualTo(Conformance.SOME_FAILED);
    }

    @Test
    void illFormedCasesAreErrorsOfTheirOwnAndTheOthersRun() throws Exception {
        Run run = run("ill-formed");
        assertThat(run.text())
                .contains("ILL-FORMED no-event: neutral_event: expected an object")
                .contains("ILL-FORMED odd-tier: tier: expected A or B, got C")
                .contains("ILL-FORMED no-platform: neither")
                .contains("ILL-FORMED no-expectation: it expects nothing")
                .contains("ILL-FORMED odd-regex: regex: ")
                .contains("ILL-FORMED odd-clock: mocked_now or suggested_now")
                .contains("ILL-FORMED shoe_size#7: field: there is no field of this name")
                .contains("ILL-FORMED #8: neutral_event: expected an object")
                .containsPattern("total +1 +0 +0 +8");
        assertThat(run.code()).isEqualTo(Conformance.SOME_FAILED);
    }

    @Test
    void aFolderThatIsNotThereOrHoldsNoCasesIsOneSentence() {
        Run missing = run(empty.resolve("nowhere"));
        assertThat(missing.code()).isEqualTo(Conformance.UNREADABLE);
        assertThat(missing.text()).startsWith("varve: The folder").hasLineCount(1);
        assertThat(run(empty).text()).endsWith("holds no file of conformance cases.\n");
        assertThat(run(empty).code()).isEqualTo(Conformance.UNREADABLE);
    }

    @Test
    void aFileThatIsNoJsonIsNamedAndSkipped() throws Exception {
        Files.writeString(empty.resolve("torn.json"), "[{\"neutral_event\":");
        Run run = run(empty);
        assertThat(run.text()).startsWith("torn.json: skipped, it is no readable JSON");
        assertThat(run.code()).isEqualTo(Conformance.UNREADABLE);
    }

    private static Run run(String folder) throws Exception {
        return run(Path.of(
                ConformanceTest.class.getResource("/conformance/" + folder).toURI()));
    }

    private static Run run(Path folder) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int code = new Conformance(stream, stream).run(folder);
        return new Run(code, bytes.toString(StandardCharsets.UTF_8));
    }
}
