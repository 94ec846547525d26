package dev.varve.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/// The measuring tools measure right.
class MeasuringTest {
    @Test
    void percentilesAreRightWithinThreePercent() {
        LatencyHistogram histogram = new LatencyHistogram();
        for (int i = 1; i <= 100_000; i++) {
            histogram.record(i * 1_000L);
        }

        assertThat(histogram.count()).isEqualTo(100_000);
        assertThat(histogram.millisAt(0.5)).isCloseTo(50, within(1.6));
        assertThat(histogram.millisAt(0.99)).isCloseTo(99, Percentage.withPercentage(3.2));
        assertThat(histogram.millisAt(1)).isCloseTo(100, Percentage.withPercentage(3.2));
    }

    @Test
    void anEmptyHistogramAndExtremeValuesDoNoHarm() {
        LatencyHistogram histogram = new LatencyHistogram();
        assertThat(histogram.millisAt(0.99)).isZero();
        histogram.record(-5);
        histogram.record(Long.MAX_VALUE);
        assertThat(histogram.count()).isEqualTo(2);
    }

    @Test
    void stampedRequestsKeepTheirLengthAndHaveIdsOfTheirOwn() {
        RequestTemplate template = RequestTemplate.purchases("app_x", "run", 3);
        byte[] request = template.copy();

        template.stamp(request, 255, RequestTemplate.now());

        String text = new String(request, StandardCharsets.US_ASCII);
        String body = text.substring(text.indexOf("\r\n\r\n") + 4);
        assertThat(text).contains("Content-Length: " + body.length() + "\r\n");
        assertThat(body)
                .contains("run-00000000000000ff", "run-0000000000000100", "run-0000000000000101")
                .doesNotContain("@", "~");
    }

    @Test
    void shoppersAreManyPeopleAndEachEventHasOnlyOne() {
        RequestTemplate template = RequestTemplate.shoppers("app_x", "run", 3);
        byte[] request = template.copy();

        template.stamp(request, 0, RequestTemplate.now());

        String text = new String(request, StandardCharsets.US_ASCII);
        List<String> buyers = Pattern.compile("buyer-([0-9a-f]{8})")
                .matcher(text)
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(template.eventsPerRequest()).isEqualTo(3);
        assertThat(buyers).hasSize(3).doesNotHaveDuplicates();
        assertThat(text).contains("fbclid=IwAR0" + buyers.getFirst(), "inst-" + buyers.getLast());
    }

    @Test
    void theTimeHasAlways24Bytes() {
        assertThat(Instant.parse(new String(RequestTemplate.now(), StandardCharsets.US_ASCII)))
                .isBefore(Instant.now().plusSeconds(1));
        assertThat(RequestTemplate.now()).hasSize(24);
    }

    @Test
    void rowsEndWithTheCopyTrailer() throws IOException {
        EventRows rows = new EventRows();
        rows.add(1, Instant.EPOCH, Instant.EPOCH);
        byte[] bytes = rows.finish();

        assertThat(bytes[bytes.length - 1]).isEqualTo((byte) -1);
        assertThat(bytes[bytes.length - 2]).isEqualTo((byte) -1);
    }
}
