package dev.varve.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is stored to be read has the spread of a real installation.
class StoredDataTest {
    private static final Instant END = Instant.parse("2026-11-20T10:00:00Z");

    @Test
    void theBusiestProjectHasTheShareThatItsSkewSays() {
        Skew skew = new Skew(Market.PROJECTS, Skew.PROJECTS);
        long first = LongStream.range(0, 100_000)
                .filter(i -> skew.pick((i + 0.5) / 100_000) == 0)
                .count();

        assertThat(skew.share(0)).isBetween(0.05, 0.1);
        assertThat(first / 100_000.0).isCloseTo(skew.share(0), within(0.001));
        assertThat(skew.pick(0.999_999)).isEqualTo(Market.PROJECTS - 1);
        assertThat(LongStream.range(0, Market.PROJECTS)
                        .mapToDouble(i -> skew.share((int) i))
                        .sum())
                .isCloseTo(1, within(1e-9));
    }

    @Test
    void numbersAndTimesOfEventsBelongTogether() {
        TimeCurve curve = new TimeCurve(END, Duration.ofDays(60), 1_000_000);
        Instant monday = Instant.parse("2026-10-19T00:00:00Z");
        long first = curve.before(monday);

        assertThat(curve.at(first)).isAfterOrEqualTo(monday);
        assertThat(curve.at(first - 1)).isBefore(monday);
        assertThat(curve.before(END)).isEqualTo(1_000_000);
        assertThat(curve.before(END.minus(Duration.ofDays(61)))).isZero();
    }

    @Test
    void recentDaysHaveMoreEvents() {
        TimeCurve curve = new TimeCurve(END, Duration.ofDays(60), 1_000_000);
        long lastWeek = curve.events() - curve.before(END.minus(Duration.ofDays(7)));

        assertThat(lastWeek).isGreaterThan(2 * curve.before(END.minus(Duration.ofDays(53))));
    }

    @Test
    void aNameIsRareInAnAppAndFrequentInItsSibling() {
        assertThat(Names.places(0)).hasSize(1000).doesNotContain(Names.OF_SIBLING, Names.RARE, Names.ABSENT);
        assertThat(Collections.frequency(Names.places(1), Names.OF_SIBLING)).isEqualTo(100);
        assertThat(Collections.frequency(Names.places(0), Names.FREQUENT)).isGreaterThan(150);
        assertThat(Names.ten()).hasSize(10).doesNotHaveDuplicates();
    }

    @Test
    void documentsAreJson() throws IOException {
        assertThat(new JsonMapper()
                        .readTree(Names.document(Names.PURCHASE))
                        .path("properties")
                        .path("screen")
                        .asText())
                .isEqualTo(Names.PURCHASE);
    }

    @Test
    void everyFilterIsAskedForOnce() {
        Market.Stall stall = new Market.Stall("prj_x", List.of("app_a", "app_b", "app_c"));
        ReadShape.Sample sample = new ReadShape.Sample(stall, "typical", "rare");
        List<String> paths =
                ReadShape.all(END).stream().map(shape -> shape.path(sample)).toList();

        assertThat(paths).doesNotHaveDuplicates().allMatch(path -> path.matches("/v1/projects/prj_x/events\\?(.*&)?"));
        for (String filter : List.of("appId", "eventNames", "userId", "since", "until", "includeSynthetic")) {
            assertThat(paths).anyMatch(path -> path.contains(filter + "="));
        }
    }

    @Test
    void aDiskWithoutRoomIsNamedBeforehand(@TempDir Path directory) {
        assertThatThrownBy(() -> StoredData.requireRoom(directory, 1L << 50)).hasMessageContaining("free disk");
    }

    @Test
    void aBatchOfVisitsGoesToTheAppItIsAddressedTo() {
        RequestTemplate template = RequestTemplate.visits("run", 25);
        byte[] request = template.copy();
        String app = "app_bb86d28894e61b49cac37482";

        template.stamp(request, 0, RequestTemplate.now());
        template.address(request, app);

        String text = new String(request, StandardCharsets.US_ASCII);
        assertThat(text).contains("X-App-Id: " + app + "\r\n").doesNotContain("%%");
        assertThat(text.split(Names.PURCHASE)).hasSize(2);
        assertThat(template.eventsPerRequest()).isEqualTo(25);
    }
}
