package dev.varve.health;

import static dev.varve.health.PropertyType.BOOLEAN;
import static dev.varve.health.PropertyType.NUMBER;
import static dev.varve.health.PropertyType.STRING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.varve.health.DriftFinding.Kind;
import dev.varve.health.DriftFinding.Shape;
import dev.varve.health.DriftFinding.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A finding opens and closes exactly at the documented shares, and tells since when it holds.
class SchemaDriftTest {
    private static final Instant START = Instant.parse("2026-11-04T12:00:00Z");
    private static final Optional<String> PRODUCTION = Optional.of("production");

    private final List<@Nullable PropertyType> baseline = new ArrayList<>();
    private final List<@Nullable PropertyType> sample = new ArrayList<>();

    @ParameterizedTest(name = "in {0} of {1} before, absent from {2} of {3} now: {4}")
    @CsvSource({
        "950, 1000, 10, 20, true",
        "949, 1000, 10, 20, false",
        "95, 100, 10, 20, true",
        "94, 100, 10, 20, false",
        "100, 100, 49, 100, false",
        "100, 100, 50, 100, true",
        "100, 100, 9, 20, false",
        "100, 100, 20, 20, true",
        "99, 99, 20, 20, false",
        "100, 100, 19, 19, false"
    })
    void aPropertyIsMissingFromItsShareOn(int present, int events, int absent, int sampled, boolean isFound) {
        add(baseline, present, STRING);
        add(baseline, events - present, null);
        add(sample, absent, null);
        add(sample, sampled - absent, STRING);

        List<DriftFinding> findings = findings();

        assertThat(findings.stream().map(DriftFinding::kind)).isEqualTo(isFound ? List.of(Kind.MISSING) : List.of());
        if (isFound) {
            assertThat(findings.getFirst().subject()).isEqualTo(new Subject("bought", PRODUCTION, "price"));
            assertThat(findings.getFirst().baseline()).isEqualTo(new Shape(events, present, Optional.of(STRING)));
            assertThat(findings.getFirst().observed())
                    .isEqualTo(new Shape(
                            sampled, sampled - absent, absent == sampled ? Optional.empty() : Optional.of(STRING)));
        }
    }

    @ParameterizedTest(name = "{0} numbers and {1} texts in {2} before, {3} texts in {4} values now: {5}")
    @CsvSource({
        "95, 5, 100, 10, 20, true",
        "94, 6, 100, 10, 20, false",
        "950, 50, 1000, 10, 20, true",
        "949, 51, 1000, 10, 20, false",
        "100, 0, 100, 49, 100, false",
        "100, 0, 100, 50, 100, true",
        "95, 0, 100, 20, 20, true",
        "94, 0, 100, 20, 20, false",
        "91, 4, 100, 20, 20, true",
        "90, 5, 100, 20, 20, false",
        "99, 0, 99, 20, 20, false",
        "100, 0, 100, 19, 19, false"
    })
    void aTypeHasChangedFromItsShareOn(int numbers, int texts, int events, int changed, int values, boolean isFound) {
        add(baseline, numbers, NUMBER);
        add(baseline, texts, STRING);
        add(baseline, events - numbers - texts, null);
        add(sample, changed, STRING);
        add(sample, values - changed, NUMBER);

        List<DriftFinding> findings = findings();

        assertThat(findings.stream().map(DriftFinding::kind))
                .isEqualTo(isFound ? List.of(Kind.TYPE_CHANGED) : List.of());
        if (isFound) {
            assertThat(findings.getFirst().baseline())
                    .isEqualTo(new Shape(events, numbers + texts, Optional.of(NUMBER)));
            assertThat(findings.getFirst().observed()).isEqualTo(new Shape(values, values, Optional.of(STRING)));
        }
    }

    @Test
    void theTypesOfAbsentValuesAreNotCounted() {
        add(baseline, 100, NUMBER);
        add(sample, 11, NUMBER);
        add(sample, 9, STRING);
        add(sample, 20, null);

        assertThat(findings()).extracting(DriftFinding::kind).containsExactly(Kind.MISSING);
    }

    @Test
    void aPropertyCanBeMissingHereAndOfAnotherTypeThere() {
        add(baseline, 100, NUMBER);
        add(sample, 15, null);
        add(sample, 5, STRING);

        assertThat(findings())
                .extracting(DriftFinding::kind, DriftFinding::observed)
                .containsExactly(
                        tuple(Kind.MISSING, new Shape(20, 5, Optional.of(STRING))),
                        tuple(Kind.TYPE_CHANGED, new Shape(20, 5, Optional.of(STRING))));
    }

    @Test
    void typesOtherThanTheOldOneCountTogetherAndTheCommonestOfThemIsNamed() {
        add(baseline, 100, NUMBER);
        add(sample, 10, NUMBER);
        add(sample, 4, STRING);
        add(sample, 6, BOOLEAN);

        assertThat(findings().getFirst().observed()).isEqualTo(new Shape(20, 20, Optional.of(BOOLEAN)));
    }

    @Test
    void aNewPropertyIsNoDriftAndNeitherIsOneThatWasRare() {
        add(baseline, 94, null);
        add(baseline, 6, STRING);
        add(sample, 20, NUMBER);

        assertThat(findings()).isEmpty();
    }

    @Test
    void aRunBeginsWithTheFirstEventThatShowsItHoweverFarBack() {
        add(baseline, 200, STRING);
        add(baseline, 7, null);
        add(sample, 20, null);

        assertThat(findings().getFirst().since()).isEqualTo(arrival(200));
    }

    @Test
    void oneGoodEventEndsNoRunButTwentyDo() {
        add(baseline, 400, STRING);
        add(baseline, 1, null);
        add(baseline, 20, STRING);
        add(baseline, 6, null);
        add(baseline, 1, STRING);
        add(baseline, 6, null);
        add(sample, 25, null);

        assertThat(findings().getFirst().since()).isEqualTo(arrival(421));
    }

    @Test
    void aRunOfAnotherTypeIsTracedByItsValues() {
        add(baseline, 300, NUMBER);
        add(baseline, 4, STRING);
        add(sample, 12, STRING);
        add(sample, 10, null);

        assertThat(findings().getFirst().since()).isEqualTo(arrival(300));
    }

    /// Whatever the events are, the answer is that of counting them by the words of the documents.
    @Property(tries = 300)
    void countingByHandFindsTheSame(
            @ForAll @IntRange(min = 80, max = 140) int before,
            @ForAll @IntRange(min = 15, max = 60) int now,
            @ForAll @IntRange(max = 9) int oddBefore,
            @ForAll @Size(4) List<@IntRange(max = 100) Integer> shares,
            @ForAll long seed) {
        fill(baseline, before, List.of(100 - oddBefore, oddBefore / 2, oddBefore - oddBefore / 2, 0), seed);
        fill(sample, now, shares, seed + 1);

        List<DriftFinding> findings = findings();

        double presence = share(baseline, type -> type != null);
        boolean isMissing =
                before >= 100 && now >= 20 && presence >= 0.95 && share(sample, type -> type == null) >= 0.5;
        boolean hasChanged = before >= 100
                && now >= 20
                && presence >= 0.95
                && share(values(baseline), type -> type == STRING) >= 0.95
                && !values(sample).isEmpty()
                && share(values(sample), type -> type != STRING) >= 0.5;
        assertThat(findings.stream().map(DriftFinding::kind))
                .isEqualTo(
                        isMissing && hasChanged
                                ? List.of(Kind.MISSING, Kind.TYPE_CHANGED)
                                : isMissing
                                        ? List.of(Kind.MISSING)
                                        : hasChanged ? List.of(Kind.TYPE_CHANGED) : List.of());
        assertThat(findings).allSatisfy(finding -> {
            assertThat(finding.baseline().presence()).isEqualTo(presence);
            assertThat(finding.observed().events()).isEqualTo(now);
            assertThat(showing(finding.kind())).contains(finding.since());
        });
    }

    @Property
    void theSampleIsAllOfTheLastTenMinutesOrTheNewestTwenty(
            @ForAll @Size(max = 60) List<@IntRange(max = 1_200) Integer> secondsAgo) {
        List<Instant> arrivals = secondsAgo.stream()
                .sorted()
                .map(seconds -> START.minusSeconds(seconds))
                .toList();

        int size = SchemaDrift.sampleSize(arrivals, START);

        long recent = secondsAgo.stream().filter(seconds -> seconds <= 600).count();
        assertThat(size).isEqualTo(recent > 20 ? (int) recent : Math.min(20, arrivals.size()));
    }

    @Test
    void propertyNamesThatAreMadeUpAreBoundedAndThoseOfOldNeverSeemToGo() {
        List<Instant> arrivals =
                IntStream.range(0, 120).mapToObj(SchemaDriftTest::arrival).toList();
        ObservedShapes shapes = new ObservedShapes(arrivals.subList(0, 100), arrivals.subList(100, 120));
        for (int event = 0; event < 120; event++) {
            for (int i = 0; i < 20; i++) {
                shapes.saw(event, "made-up-" + event + "-" + i, STRING);
            }
            shapes.saw(event, "x".repeat(ObservedShapes.LONGEST_NAME + 1), event < 100 ? STRING : NUMBER);
            shapes.saw(event, "steady", STRING);
        }

        assertThat(shapes.properties()).hasSize(ObservedShapes.MOST_PROPERTIES).contains("steady");
        assertThat(SchemaDrift.open("bought", PRODUCTION, shapes)).isEmpty();
    }

    private List<DriftFinding> findings() {
        List<Instant> arrivals = IntStream.range(0, baseline.size() + sample.size())
                .mapToObj(SchemaDriftTest::arrival)
                .toList();
        ObservedShapes shapes = new ObservedShapes(
                arrivals.subList(0, baseline.size()), arrivals.subList(baseline.size(), arrivals.size()));
        List<@Nullable PropertyType> all = all();
        for (int i = 0; i < all.size(); i++) {
            PropertyType type = all.get(i);
            if (type != null) {
                shapes.saw(i, "price", type);
            }
        }
        return SchemaDrift.open("bought", PRODUCTION, shapes);
    }

    private List<@Nullable PropertyType> all() {
        List<@Nullable PropertyType> all = new ArrayList<>(baseline);
        all.addAll(sample);
        return all;
    }

    /// Arrivals of the events that show a finding of this kind.
    private List<Instant> showing(Kind kind) {
        List<@Nullable PropertyType> all = all();
        return IntStream.range(0, all.size())
                .filter(i -> kind == Kind.MISSING ? all.get(i) == null : all.get(i) != null && all.get(i) != STRING)
                .mapToObj(SchemaDriftTest::arrival)
                .toList();
    }

    private static Instant arrival(int event) {
        return START.plus(Duration.ofSeconds(event));
    }

    private static void add(List<@Nullable PropertyType> events, int count, @Nullable PropertyType type) {
        events.addAll(Collections.nCopies(count, type));
    }

    /// Texts, numbers, none and truths in these shares, shuffled.
    private static void fill(List<@Nullable PropertyType> events, int count, List<Integer> shares, long seed) {
        events.clear();
        Map<Integer, PropertyType> types = Map.of(0, STRING, 1, NUMBER, 3, BOOLEAN);
        int whole = Math.max(1, shares.stream().mapToInt(Integer::intValue).sum());
        for (int i = 0; i < shares.size() && events.size() < count; i++) {
            add(events, Math.min(count - events.size(), (shares.get(i) * count + whole - 1) / whole), types.get(i));
        }
        add(events, count - events.size(), null);
        Collections.shuffle(events, new Random(seed));
    }

    private static List<@Nullable PropertyType> values(List<@Nullable PropertyType> events) {
        return events.stream().filter(type -> type != null).toList();
    }

    private static double share(List<@Nullable PropertyType> events, Predicate<@Nullable PropertyType> test) {
        return events.isEmpty() ? 0 : (double) events.stream().filter(test).count() / events.size();
    }
}
