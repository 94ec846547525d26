package dev.varve.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiTimeTest {
    @ParameterizedTest
    @CsvSource({
        "2026-01-02T03:04:05Z, 2026-01-02T03:04:05Z",
        "2026-01-02t03:04:05z, 2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05.123456789+02:30, 2026-01-02T00:34:05.123456789Z",
        "2026-01-02T03:04:05.1-00:00, 2026-01-02T03:04:05.1Z",
        "0000-01-01T00:00:00Z, 0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z, 9999-12-31T23:59:59Z"
    })
    void rfc3339IsRead(String text, Instant expected) {
        assertThat(ApiTime.parse(text)).hasValue(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+999999999-01-01T00:00:00Z",
                "+10000-01-01T00:00:00Z",
                "-0001-01-01T00:00:00Z",
                "9999-12-31T23:59:59-01:00",
                "0000-01-01T00:00:00+01:00",
                "2026-01-02T03:04Z",
                "2026-01-02T03:04:05.Z",
                "2026-01-02T03:04:05.1234567890Z",
                "2026-01-02T03:04:05",
                "2026-01-02T03:04:05+02",
                "2026-01-02T03:04:05+0200",
                "2026-01-02T03:04:05+02:00:30",
                "2026-01-02T03:04:05+19:00",
                "2026-02-30T03:04:05Z",
                "2026-01-02",
                ""
            })
    void anythingElseIsNot(String text) {
        assertThat(ApiTime.parse(text)).isEmpty();
    }
}
