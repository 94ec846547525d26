package dev.varve.connectors;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTextTest {
    private static final String TOKEN = "4f1c9a7be03d5a6c8e2b1f0d9a8c7b6e";

    @Test
    void anExcerptKeepsTheFormOfTheBody() {
        String body = "{\"code\":40002,\n\"message\":\"Batch.0.event: Missing\",\"request_id\":"
                + "\"20261118123458ABCDEF0123456789ABCDEF\"}";

        assertThat(excerpt(body)).isEqualTo(body);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":\"token " + TOKEN + " is bad\"}",
                "{\"paging\":{\"next\":\"https:\\/\\/graph.example\\/v1?access_token=" + TOKEN + "&limit=1\"}}",
                "<a href='https://h.example/x?access_token=" + TOKEN + "'>",
                "{\"access_token\":\"" + TOKEN + "\"}",
                "Access-Token: " + TOKEN
            })
    void noTokenIsKept(String body) {
        assertThat(excerpt(body)).doesNotContain(TOKEN).doesNotContain("access_token=");
        assertThat(AnswerText.clean(body)).doesNotContain(TOKEN);
    }

    @Test
    void shortNamedSecretsGoToo() {
        assertThat(excerpt("https://h.example/x?app_id=7&secret=abcd12")).isEqualTo("https://h.example/x?***");
        assertThat(excerpt("{\"secret\":\"abcd\"}")).doesNotContain("abcd");
        assertThat(excerpt("Bearer abc123")).doesNotContain("abc123");
        assertThat(AnswerText.clean("secret=abcd")).doesNotContain("abcd");
    }

    @Test
    void wordsAboutTokensStayReadable() {
        assertThat(AnswerText.clean("access token missing, of the wrong kind or revoked: no"))
                .isEqualTo("access token missing, of the wrong kind or revoked: no");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ada@example.com", "+46 70 123 45 67", "203.0.113.9"})
    void noPersonalDataIsKept(String personal) {
        assertThat(excerpt("{\"message\":\"invalid value " + personal + " for field\"}"))
                .isEqualTo("{\"message\":\"invalid value [redacted] for field\"}");
    }

    @Property(tries = 200)
    void theCutNeverLeavesHalfASecret(@ForAll @IntRange(min = 4000, max = 4200) int at) {
        String text = excerpt("x ".repeat(at / 2) + TOKEN + " ada@example.com" + " y".repeat(3000));

        assertThat(text.length()).isLessThanOrEqualTo(4096);
        assertThat(text).doesNotContain("4f1c").doesNotContain("ada@");
    }

    @Test
    void whatCannotBeStoredIsReplaced() {
        assertThat(excerpt("a\u0000b\tc\nd")).isEqualTo("a b\tc\nd");
        assertThat(AnswerText.excerpt(new byte[] {'a', (byte) 0xC3})).isEqualTo("a\uFFFD");
    }

    private static String excerpt(String body) {
        return AnswerText.excerpt(body.getBytes(StandardCharsets.UTF_8));
    }
}
