package dev.varve.store.postgres.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.delivery.DeadLetters;
import dev.varve.event.Platform;
import dev.varve.health.Accounting;
import dev.varve.store.postgres.PostgresForTests;
import dev.varve.store.postgres.log.Partitions;
import dev.varve.store.postgres.replay.PostgresDeadLetters;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresAccountingTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Instant START = Instant.parse("2026-11-04T12:00:00Z");

    private final UUID project = UUID.randomUUID();
    private final Accounting accounting =
            new PostgresAccounting(postgres.database().jdbi());

    @Test
    void aProjectWithoutEventsHasZeroOfEverything() {
        assertThat(accounting.read(project, Platform.META, Optional.empty(), START, START.plusSeconds(90)))
                .isEqualTo(new Accounting.Sums(0, 0, Map.of(), Map.of(), 0, 0));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyWindowAddsUpAfterEveryWriteAndAgreesWithACountOfTheEvents(long seed) {
        Random random = new Random(seed);
        new Partitions(postgres.database(), Clock.fixed(START, ZoneOffset.UTC)).ensureAroundNow();
        RelayModel first = new RelayModel(postgres.database(), project, START, random);
        RelayModel second = new RelayModel(postgres.database(), project, START, random);
        for (int round = 0; round < 12; round++) {
            first.append(random.nextInt(12));
            second.append(random.nextInt(12));
            first.work();
            second.work();
            if (random.nextInt(3) == 0) {
                replay(first.stream());
                first.replayed();
                second.replayed();
            }
            for (int window = 0; window < 12; window++) {
                compare(List.of(first, second), random);
            }
        }
    }

    /// The letters go as if their events had been settled, so that the next replay may start.
    private void replay(long stream) {
        UUID organization = UUID.randomUUID();
        postgres.database().jdbi().useHandle(handle -> {
            handle.execute(
                    "insert into organization (id, name, created_at, updated_at) values (?, 'o', now(), now())",
                    organization);
            handle.execute("""
                    insert into project (id, organization_id, mode, name, timezone, primary_language, target_gender,
                        created_at, updated_at) values (?, ?, 'live', 'p', 'UTC', 'en', 'all', now(), now())
                    on conflict do nothing""", project, organization);
        });
        DeadLetters.Filter all = new DeadLetters.Filter(
                project, Set.of(), Optional.empty(), Optional.empty(), Set.of(), DeadLetters.Period.ALL);
        DeadLetters.Requester requester = new DeadLetters.Requester(organization, null, null);
        assertThat(new PostgresDeadLetters(postgres.database().jdbi()).replay(all, requester, stream, START))
                .isPresent();
        postgres.database().jdbi().useHandle(handle -> handle.execute("delete from dead_letter where is_replaying"));
    }

    private void compare(List<RelayModel> models, Random random) {
        Instant since = moment(random);
        Instant until = since.plus(random.nextLong(Duration.ofMinutes(5).toNanos()), ChronoUnit.NANOS);
        until = random.nextInt(3) == 0 ? until.truncatedTo(ChronoUnit.MINUTES) : until;
        Platform platform = random.nextBoolean() ? Platform.META : Platform.TIKTOK;
        Optional<String> app = random.nextBoolean() ? Optional.empty() : Optional.of(RelayModel.APPS.getFirst());
        Accounting.Sums sums = accounting.read(project, platform, app, since, until);
        assertThat(sums.unexplained()).isZero();
        assertThat(flat(sums)).isEqualTo(counted(models, platform, app, since, until));
    }

    /// Often the whole minute, where the counts meet the rows.
    private static Instant moment(Random random) {
        Instant any = START.plus(random.nextLong(RelayModel.SPAN.toNanos()), ChronoUnit.NANOS);
        return random.nextInt(3) == 0 ? any.truncatedTo(ChronoUnit.MINUTES) : any;
    }

    private static Map<String, Long> counted(
            List<RelayModel> models, Platform platform, Optional<String> app, Instant since, Instant until) {
        Map<String, Long> counts = new HashMap<>();
        models.stream()
                .flatMap(model -> model.arrived(since, until))
                .filter(event -> app.isEmpty() || app.get().equals(event.app()))
                .flatMap(event -> Stream.of("accepted", event.standing(platform)))
                .forEach(standing -> counts.merge(standing, 1L, Long::sum));
        return counts;
    }

    private static Map<String, Long> flat(Accounting.Sums sums) {
        Map<String, Long> counts = new HashMap<>();
        counts.put("accepted", sums.accepted());
        counts.put("forwarded", sums.forwarded());
        counts.put("pending", sums.pending());
        counts.put("retrying", sums.retrying());
        sums.skippedBy().forEach((reason, events) -> counts.put("skipped." + reason, events));
        sums.deadBy().forEach((reason, events) -> counts.put("dead." + reason, events));
        counts.values().removeIf(events -> events == 0);
        return counts;
    }
}
