package dev.varve.store.postgres.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.store.postgres.PostgresForTests;
import dev.varve.store.postgres.health.LayerTallies.Tally;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LayerTalliesTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private static final Instant NOW = Instant.parse("2026-11-04T12:00:00Z");

    private final LayersForTests layers = new LayersForTests(postgres);
    private final LayerTallies tallies = new LayerTallies(layers.jdbi());

    @BeforeEach
    void clear() {
        layers.clear();
    }

    @Test
    void layersAreToldApartByPlatformAndByWhatTheirTokenIs() {
        layers.add(Platform.META, true, NOW, NOW);
        layers.add(Platform.META, false, NOW, NOW);
        layers.add(Platform.TIKTOK, false, null, NOW);

        assertThat(tallies.read())
                .containsOnlyKeys(Platform.META, Platform.TIKTOK)
                .containsEntry(Platform.META, new Tally(2, 1, 0))
                .containsEntry(Platform.TIKTOK, new Tally(1, 0, 0));
    }

    @Test
    void unreadableCountsAreTold() {
        Destination.Key key = layers.add(Platform.TIKTOK, true, NOW, NOW);
        layers.jdbi().useHandle(handle -> {
            handle.execute("delete from platform_count_state");
            handle.execute(
                    "insert into platform_count_state (project_id, platform, pixel_id, is_readable, next_poll_at)"
                            + " values (?, 1, 'pixel', false, now())",
                    key.projectId());
        });

        assertThat(tallies.read()).containsEntry(Platform.TIKTOK, new Tally(1, 0, 1));
    }

    @Test
    void whatIsOffOrArchivedIsNotCounted() {
        Destination.Key off = layers.add(Platform.META, true, NOW, NOW);
        Destination.Key archived = layers.add(Platform.META, true, NOW, NOW);
        layers.jdbi().useHandle(handle -> {
            handle.execute("update layer set enabled = false where project_id = ?", off.projectId());
            handle.execute("update project set status = 'archived' where id = ?", archived.projectId());
        });

        assertThat(tallies.read()).isEmpty();
    }
}
