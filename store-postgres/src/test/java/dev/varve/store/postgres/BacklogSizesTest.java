package dev.varve.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.event.Platform;
import dev.varve.store.postgres.ledger.BacklogSizes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BacklogSizesTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Instant OLDEST = Instant.parse("2026-11-04T12:00:00Z");

    @Test
    void whatWaitsIsCountedPerPlatformOverAllProjectsWithItsOldest() {
        postgres.database().jdbi().useHandle(handle -> handle.execute("delete from delivery_backlog"));
        assertThat(new BacklogSizes(postgres.database().jdbi()).read()).isEmpty();

        wait(UUID.randomUUID(), Platform.TIKTOK, 1, OLDEST.plusSeconds(60));
        wait(UUID.randomUUID(), Platform.TIKTOK, 2, OLDEST);

        assertThat(new BacklogSizes(postgres.database().jdbi()).read())
                .isEqualTo(Map.of(Platform.TIKTOK, new BacklogSizes.Size(2, Optional.of(OLDEST))));
    }

    private static void wait(UUID project, Platform platform, long offset, Instant receivedAt) {
        var at = receivedAt.atOffset(ZoneOffset.UTC);
        postgres.database()
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "insert into delivery_backlog (owner, project_id, platform, log_offset, occurred_at, received_at,"
                                + " app_id, next_at) values (1, ?, ?, ?, ?, ?, 'app_1', ?)",
                        project,
                        platform.ordinal(),
                        offset,
                        at,
                        at,
                        at));
    }
}
