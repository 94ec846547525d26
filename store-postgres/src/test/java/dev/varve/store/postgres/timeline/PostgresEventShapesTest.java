package dev.varve.store.postgres.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.health.DriftFinding;
import dev.varve.health.DriftFinding.Kind;
import dev.varve.health.DriftFinding.Shape;
import dev.varve.health.EventShapes;
import dev.varve.health.PropertyType;
import dev.varve.health.SchemaDrift;
import dev.varve.store.postgres.PostgresForTests;
import dev.varve.store.postgres.log.Partitions;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Drift is judged by the stored events of one app, name and environment, and reads few of many.
class PostgresEventShapesTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    /// A Wednesday: the window reaches into the week before.
    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    private static final String WELL = "{\"price\": 12.5, \"sku\": \"a\"}";
    private static final String WITHOUT_PRICE = "{\"sku\": \"a\"}";

    private static long nextOffset = 1;

    private final String app = "app_" + UUID.randomUUID();
    private final String sibling = "app_" + UUID.randomUUID();
    private final Jdbi jdbi = postgres.database().jdbi();
    private final UUID project = ProjectRows.insert(jdbi, List.of(app, sibling));
    private final EventShapes shapes = new PostgresEventShapes(jdbi);

    private record Sender(String app, String name, @Nullable String environment, boolean synthetic) {}

    @BeforeAll
    static void makeWeeks() {
        for (int weeks = 0; weeks < 3; weeks++) {
            Instant then = NOW.minus(Duration.ofDays(7L * weeks));
            new Partitions(postgres.database(), Clock.fixed(then, ZoneOffset.UTC)).ensureAroundNow();
        }
    }

    @Test
    void aPropertyThatIsGoneIsFoundWithItsNumbersAndTheMomentItWent() {
        week(sender("production"), 150, WELL);
        Instant release = NOW.minus(Duration.ofHours(1));
        insert(sender("production"), 25, release, Duration.ofMinutes(1), WITHOUT_PRICE);

        DriftFinding finding = findings().getFirst();

        assertThat(findings()).hasSize(1);
        assertThat(finding.subject()).isEqualTo(new DriftFinding.Subject("bought", Optional.of("production"), "price"));
        assertThat(finding.kind()).isEqualTo(Kind.MISSING);
        assertThat(finding.baseline()).isEqualTo(new Shape(155, 150, Optional.of(PropertyType.NUMBER)));
        assertThat(finding.observed()).isEqualTo(new Shape(20, 0, Optional.empty()));
        assertThat(finding.since()).isEqualTo(release);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"12.50\"", "true", "{\"amount\": [12.5]}", "[12.5]"})
    void anotherTypeIsFoundWhateverItIs(String value) {
        week(sender("production"), 150, WELL);
        recently(sender("production"), 20, "{\"sku\": \"a\", \"price\": " + value + "}");

        assertThat(findings()).extracting(DriftFinding::kind).containsExactly(Kind.TYPE_CHANGED);
    }

    @Test
    void aValueThatBecomesNullIsMissing() {
        week(sender("production"), 150, WELL);
        recently(sender("production"), 20, "{\"sku\": \"a\", \"price\": null}");

        assertThat(findings()).extracting(DriftFinding::kind).containsExactly(Kind.MISSING);
    }

    @Test
    void personalDataThatIsReplacedOnArrivalKeepsItsPlace() {
        week(sender("production"), 150, "{\"email\": \"sha256:ab\", \"card_number\": \"[redacted]\"}");
        recently(sender("production"), 20, "{\"email\": \"sha256:cd\", \"card_number\": \"[redacted]\"}");

        assertThat(findings()).isEmpty();
    }

    @Test
    void environmentsAreLearnedApartAndSoIsNone() {
        week(sender("production"), 150, WELL);
        recently(sender("production"), 20, WELL);
        week(sender("staging"), 150, WITHOUT_PRICE);
        recently(sender("staging"), 20, WITHOUT_PRICE);
        week(sender(null), 150, WELL);
        recently(sender(null), 20, WITHOUT_PRICE);

        assertThat(findings())
                .extracting(finding -> finding.subject().environment())
                .containsExactly(Optional.empty());
    }

    @Test
    void eventsOfOthersAndProbesDoNotCount() {
        week(sender("production"), 150, WELL);
        recently(sender("production"), 20, WELL);
        recently(new Sender(sibling, "bought", "production", false), 40, WITHOUT_PRICE);
        recently(new Sender(app, "sold", "production", false), 40, WITHOUT_PRICE);
        recently(new Sender(app, "bought", "production", true), 40, WITHOUT_PRICE);

        assertThat(findings()).isEmpty();
        assertThat(shapes.read(project, sibling, "bought", NOW)).isEmpty();
        assertThat(shapes.read(UUID.randomUUID(), app, "bought", NOW)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "käyttö'); --", "a \"b\" \\ %s :app {0}", "\uD83D\uDE00\n\t"})
    void aNameMayHaveAnyCharacters(String name) {
        Sender sender = new Sender(app, name, "production", false);
        week(sender, 150, WELL);
        recently(sender, 20, WITHOUT_PRICE);

        assertThat(findings(name))
                .extracting(finding -> finding.subject().eventName())
                .containsExactly(name);
    }

    @Test
    void whatHappenedMoreThanAWeekAgoIsNotLearnedFrom() {
        insert(sender("production"), 150, NOW.minus(Duration.ofDays(8)), Duration.ofSeconds(1), WELL);
        week(sender("production"), 99, WELL);
        recently(sender("production"), 20, WITHOUT_PRICE);

        assertThat(findings()).isEmpty();

        insert(sender("production"), 1, NOW.minus(Duration.ofDays(6)), Duration.ZERO, WELL);
        assertThat(findings()).hasSize(1);
    }

    @Test
    void theNewestAreThoseThatArrivedLastNotThoseThatHappenedLast() {
        week(sender("production"), 150, WELL);
        recently(sender("production"), 20, WELL);
        Instant longAgo = NOW.minus(Duration.ofDays(3));
        insert(sender("production"), 19, longAgo, NOW.minusSeconds(30), Duration.ofSeconds(1), WITHOUT_PRICE);

        assertThat(findings()).as("19 of 39").isEmpty();

        insert(sender("production"), 1, longAgo, NOW, Duration.ZERO, WITHOUT_PRICE);
        assertThat(findings().getFirst().observed())
                .as("all of the last ten minutes")
                .isEqualTo(new Shape(40, 20, Optional.of(PropertyType.NUMBER)));
    }

    @Test
    void aFindingClosesWhenTheNewestEventsAreWellAgain() {
        week(sender("production"), 150, WELL);
        recently(sender("production"), 20, WITHOUT_PRICE);
        assertThat(findings()).hasSize(1);

        insert(sender("production"), 21, NOW, Duration.ZERO, WELL);

        assertThat(findings()).isEmpty();
    }

    @Test
    void aFindingClosesWhenTheWeekHasLearnedTheNewShape() {
        week(sender("production"), 190, WELL);
        Instant release = NOW.minus(Duration.ofHours(2));
        insert(sender("production"), 30, release, Duration.ofMinutes(1), WITHOUT_PRICE);
        assertThat(findings()).as("190 of 200").hasSize(1);

        insert(sender("production"), 1, NOW.minus(Duration.ofMinutes(30)), Duration.ZERO, WITHOUT_PRICE);

        assertThat(findings()).as("190 of 201").isEmpty();
    }

    /// One per 30 s for the whole week, and for 6 h a release that lacks a property.
    @Test
    void ofManyEventsFewAreReadAndTheMomentIsNearlyRight() throws SQLException {
        Duration step = Duration.ofSeconds(30);
        Instant release = NOW.minus(Duration.ofHours(6));
        insert(sender("production"), 20_000, release.minus(step.multipliedBy(20_000)), step, WELL);
        insert(sender("production"), 720, release, step, WITHOUT_PRICE);
        jdbi.useHandle(handle -> handle.execute("analyze event"));

        List<DriftFinding> found = new ArrayList<>();
        Cost cost = costOf(own -> found.addAll(findings(own, "bought")));

        assertThat(found).hasSize(1);
        assertThat(found.getFirst().baseline().events()).isBetween(1_000, 1_200);
        assertThat(found.getFirst().since()).isBetween(release, release.plus(Duration.ofHours(6)));
        assertThat(cost.rows()).isLessThan(5_000);
        assertThat(cost.scans()).isLessThan(2_000);
    }

    @Test
    void manyEventsOfOneHourAreEnoughToLearnFrom() {
        insert(sender("production"), 5_000, NOW.minus(Duration.ofHours(20)), Duration.ofMillis(500), WELL);
        recently(sender("production"), 20, WITHOUT_PRICE);

        assertThat(findings()).hasSize(1);
        assertThat(findings().getFirst().baseline().events()).isGreaterThan(1_000);
    }

    @Test
    void aRushOfNewEventsIsASampleOfBoundedSize() {
        week(sender("production"), 1_500, WELL);
        insert(sender("production"), 1_500, NOW.minusSeconds(300), Duration.ofMillis(100), WITHOUT_PRICE);

        DriftFinding finding = findings().getFirst();

        assertThat(finding.observed()).isEqualTo(new Shape(200, 0, Optional.empty()));
        assertThat(finding.baseline().presence()).isEqualTo(1);
    }

    private Sender sender(@Nullable String environment) {
        return new Sender(app, "bought", environment, false);
    }

    private List<DriftFinding> findings() {
        return findings("bought");
    }

    private List<DriftFinding> findings(String name) {
        return findings(shapes, name);
    }

    private List<DriftFinding> findings(EventShapes from, String name) {
        List<DriftFinding> findings = new ArrayList<>();
        from.read(project, app, name, NOW)
                .forEach((environment, observed) -> findings.addAll(SchemaDrift.open(name, environment, observed)));
        return findings;
    }

    /// Spread over the six days before yesterday.
    private void week(Sender sender, int count, String properties) {
        Duration step = Duration.ofDays(5).dividedBy(count);
        insert(sender, count, NOW.minus(Duration.ofDays(6)), step, properties);
    }

    /// Within the last ten minutes.
    private void recently(Sender sender, int count, String properties) {
        insert(sender, count, NOW.minus(Duration.ofMinutes(8)), Duration.ofSeconds(2), properties);
    }

    /// Arrive as they happen.
    private void insert(Sender sender, int count, Instant first, Duration step, String properties) {
        insert(sender, count, first, first, step, properties);
    }

    private void insert(
            Sender sender, int count, Instant occurred, Instant received, Duration step, String properties) {
        long offset = nextOffset;
        nextOffset += count;
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into event (log_offset, occurred_at, received_at, project_id, app_id, event_id, name,
                            source, synthetic, environment, document)
                        select :offset + n, :occurred + n * :step * interval '1 millisecond',
                            :received + n * :step * interval '1 millisecond', :project, :app, 'e' || :offset + n, :name,
                            0, :synthetic, :environment, :document
                        from generate_series(0, :count - 1) n""")
                .bind("offset", offset)
                .bind("count", count)
                .bind("step", step.toMillis())
                .bind("occurred", occurred.atOffset(ZoneOffset.UTC))
                .bind("received", received.atOffset(ZoneOffset.UTC))
                .bind("project", project)
                .bind("app", sender.app())
                .bind("name", sender.name())
                .bind("synthetic", sender.synthetic())
                .bind("environment", sender.environment())
                .bind(
                        "document",
                        ("{\"properties\": " + properties + ", \"context\": {\"price\": 1}, \"match\": {}}")
                                .getBytes(StandardCharsets.UTF_8))
                .execute());
    }

    /// On a connection of its own, so that nothing else is counted with it.
    private static Cost costOf(Consumer<EventShapes> read) throws SQLException {
        try (Connection connection = postgres.database().dedicated()) {
            Jdbi own = Jdbi.create(connection);
            Cost before = Cost.now(own);
            read.accept(new PostgresEventShapes(own));
            return Cost.now(own).minus(before);
        }
    }
}
