package dev.varve.collect;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoneSurrogatesTest {
    @ParameterizedTest
    @CsvSource({
        "a\\ud800b, a\\ufffdb",
        "\\udc00, \\ufffd",
        "\\ud83d\\ude00, \\ud83d\\ude00",
        "\\ud83d\\ud83d\\ude00, \\ufffd\\ud83d\\ude00",
        "\\\\ud800, \\\\ud800",
        "\\\\\\ud800, \\\\\\ufffd",
        "\\ud8, \\ud8",
        "\\u0041\\n, \\u0041\\n",
        "\\ud800\\u0041, \\ufffd\\u0041",
    })
    void onlyEscapesWithoutAPartnerAreReplaced(String given, String mended) {
        assertThat(text(given)).isEqualTo(mended);
    }

    @Property
    void aBodyIsNeverLengthenedNorItsOwnArrayChanged(@ForAll byte[] body) {
        byte[] before = body.clone();
        assertThat(LoneSurrogates.mended(body)).hasSameSizeAs(body);
        assertThat(body).isEqualTo(before);
    }

    private static String text(String given) {
        return new String(LoneSurrogates.mended(given.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }
}
