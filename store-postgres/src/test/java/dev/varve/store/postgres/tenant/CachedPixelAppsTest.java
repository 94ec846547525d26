package dev.varve.store.postgres.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.event.Platform;
import dev.varve.store.postgres.PostgresForTests;
import dev.varve.tenant.Mode;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CachedPixelAppsTest {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    private final AtomicLong nanos = new AtomicLong();
    private final TenantChanges changes = new TenantChanges(postgres.database().jdbi(), nanos::get);
    private final CachedPixelApps pixels =
            CachedPixelApps.open(postgres.database().jdbi(), changes);

    @Test
    void theAppsOfAllProjectsWithThePixelAreAnsweredButNotOfArchivedOnes() {
        String pixel = UUID.randomUUID().toString();
        project(pixel, "meta_ads", "active", "app_1" + pixel, "app_2" + pixel);
        project(pixel, "meta_ads", "active", "app_3" + pixel);
        project(pixel, "meta_ads", "archived", "app_4" + pixel);
        project(pixel, "tiktok_ads", "active", "app_5" + pixel);
        assertThat(pixels.reportingTo(Mode.LIVE, Platform.META, pixel))
                .containsExactlyInAnyOrder("app_1" + pixel, "app_2" + pixel, "app_3" + pixel);
        assertThat(pixels.reportingTo(Mode.LIVE, Platform.TIKTOK, pixel)).containsExactly("app_5" + pixel);
        assertThat(pixels.reportingTo(Mode.LIVE, Platform.META, "nobody's")).isEmpty();
    }

    @Test
    void anAnswerIsAtMostHalfAMinuteOld() {
        String pixel = UUID.randomUUID().toString();
        assertThat(pixels.reportingTo(Mode.LIVE, Platform.META, pixel)).isEmpty();
        project(pixel, "meta_ads", "active", "app_1" + pixel);
        assertThat(pixels.reportingTo(Mode.LIVE, Platform.META, pixel)).isEmpty();
        nanos.addAndGet(Duration.ofSeconds(30).toNanos());
        assertThat(pixels.reportingTo(Mode.LIVE, Platform.META, pixel)).hasSize(1);
    }

    private static void project(String pixel, String platform, String status, String... apps) {
        UUID id = UUID.randomUUID();
        postgres.database().jdbi().useHandle(handle -> {
            handle.execute(
                    "insert into organization (id, name, created_at, updated_at) values (?, 'o', now(), now())", id);
            handle.execute("""
                    insert into project (id, organization_id, mode, status, name, timezone, primary_language, target_gender,
                        created_at, updated_at) values (?, ?, 'live', ?, 'p', 'UTC', 'en', 'all', now(), now())""", id, id, status);
            handle.execute(
                    "insert into layer (id, project_id, platform, pixel_id, updated_at) values (?, ?, ?, ?, now())",
                    UUID.randomUUID(),
                    id,
                    platform,
                    pixel);
            for (String app : apps) {
                app(handle, id, app);
            }
        });
    }

    private static void app(Handle handle, UUID project, String app) {
        handle.execute("""
                insert into sdk_app (app_id, project_id, name, platform, app_key_sha256, created_at, last_rotated_at)
                values (?, ?, 'a', 'web', '', now(), now())""", app, project);
    }
}
