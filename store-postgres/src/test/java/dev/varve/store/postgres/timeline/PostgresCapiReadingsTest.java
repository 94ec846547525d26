package dev.varve.store.postgres.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.event.Platform;
import dev.varve.health.CapiFacts;
import dev.varve.health.CapiReading;
import dev.varve.store.postgres.PostgresForTests;
import dev.varve.tenant.Mode;
import dev.varve.tenant.Projects;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresCapiReadingsTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");
    private final UUID project = UUID.randomUUID();

    @Test
    void aBacklogIsCountedWithItsOldestAndWithoutProbeEvents() {
        assertThat(read().backlog()).isEqualTo(CapiFacts.Backlog.EMPTY);
        execute("""
                insert into delivery_backlog (owner, project_id, platform, log_offset, occurred_at, received_at, app_id,
                    synthetic, next_at)
                select 1, ?::uuid, 0, n, ?::timestamptz, ?::timestamptz + n * interval '1 second', 'app', n = 1, now()
                from generate_series(1, 5) as n""", project, NOW.atOffset(ZoneOffset.UTC), NOW.atOffset(ZoneOffset.UTC));
        assertThat(read().backlog()).isEqualTo(new CapiFacts.Backlog(4, NOW.plusSeconds(2)));
    }

    @ParameterizedTest
    @ValueSource(ints = {999, 1_000, 1_001, 2_500})
    void aBacklogIsCountedExactlyHoweverMuchWaits(int events) {
        execute("""
                insert into delivery_backlog (owner, project_id, platform, log_offset, occurred_at, received_at, app_id, next_at)
                select 1, ?::uuid, 0, n, now(), ?::timestamptz + n * interval '1 second', 'app', now()
                from generate_series(1, ?) as n""", project, NOW.atOffset(ZoneOffset.UTC), events);
        assertThat(read().backlog()).isEqualTo(new CapiFacts.Backlog(events, NOW.plusSeconds(1)));
    }

    @Test
    void aProjectIsFoundByItsOwnerAlone() {
        UUID other = UUID.randomUUID();
        execute("insert into organization (id, name, created_at, updated_at) values (?, 'o', now(), now())", project);
        execute("""
                insert into project (id, organization_id, mode, name, timezone, primary_language, target_gender, created_at,
                    updated_at)
                values (?, ?, 'live', 'p', 'UTC', 'en', 'all', now(), now())""", project, project);
        assertThat(find(new Projects.Owner(project, Mode.LIVE), project)).isPresent();
        assertThat(find(new Projects.Owner(other, Mode.LIVE), project)).isEmpty();
        assertThat(find(new Projects.Owner(project, Mode.TEST), project)).isEmpty();
        assertThat(find(new Projects.Owner(project, Mode.LIVE), other)).isEmpty();
    }

    private static Optional<Map<Platform, CapiReading>> find(Projects.Owner owner, UUID project) {
        return new PostgresCapiReadings(postgres.database().jdbi())
                .find(owner, project, EnumSet.allOf(Platform.class), NOW);
    }

    @Test
    void whoAsksForNoPlatformGetsNone() {
        assertThat(new PostgresCapiReadings(postgres.database().jdbi()).read(project, Set.of(), NOW))
                .isEmpty();
    }

    @Test
    void openDeadLettersAreRealOnesThatAreNotOnTheirWayAgain() {
        execute("""
                insert into dead_letter (id, project_id, app_id, platform, log_offset, occurred_at, event_id, event_name, reason,
                    code, attempts, first_failed_at, last_failed_at, too_old_at, synthetic, is_replaying)
                select 'dl_' || n, ?, 'app', 0, -n, now(), 'e', 'n', 'r', 'c', 1, now(), now(), now(), n = 1, n = 2
                from generate_series(1, 4) as n""", project);
        assertThat(read().deadLetters()).isEqualTo(2);
    }

    private CapiFacts read() {
        return new PostgresCapiReadings(postgres.database().jdbi())
                .read(project, EnumSet.of(Platform.META), NOW)
                .values()
                .iterator()
                .next()
                .facts();
    }

    private static void execute(String sql, Object... arguments) {
        postgres.database().jdbi().useHandle(handle -> handle.execute(sql, arguments));
    }
}
