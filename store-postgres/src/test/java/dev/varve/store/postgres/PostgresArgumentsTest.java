package dev.varve.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresArgumentsTest {
    @ParameterizedTest
    @CsvSource({"0, 128", "2, 128", "4, 256", "8, 512", "16, 1024", "24, 1024", "1024, 1024"})
    void pagesInMemoryAreASixteenthOfTheMachinesWithinBounds(long gibibytes, long expected) {
        assertThat(PostgresArguments.sharedBuffers(gibibytes << 30)).isEqualTo(expected);
    }
}
