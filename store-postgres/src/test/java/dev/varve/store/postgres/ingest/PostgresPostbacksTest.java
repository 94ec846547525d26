package dev.varve.store.postgres.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.varve.click.Clicks.Click;
import dev.varve.event.RequestOrigin;
import dev.varve.postback.Postbacks;
import dev.varve.postback.PostbacksContract;
import dev.varve.store.postgres.PostgresForTests;
import dev.varve.store.postgres.log.Retention;
import dev.varve.tenant.Mode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresPostbacksTest extends PostbacksContract {
    @RegisterExtension
    static final PostgresForTests postgres = new PostgresForTests();

    @Override
    protected Postbacks postbacks() {
        return new PostgresPostbacks(postgres.database().jdbi());
    }

    @Override
    protected String app(Mode mode, @Nullable String domain, @Nullable String storeId) {
        String id = "app_" + UUID.randomUUID();
        postgres.database().jdbi().useHandle(handle -> handle.createUpdate("""
                        with o as (insert into organization (id, name, created_at, updated_at)
                            values (:org, 'o', now(), now())),
                        p as (insert into project (id, organization_id, mode, name, timezone, primary_language, target_gender,
                            created_at, updated_at) values (:project, :org, :mode, 'p', 'UTC', 'en', 'all', now(), now()))
                        insert into sdk_app (app_id, project_id, name, platform, web_domain, app_store_id, app_key_sha256,
                            created_at, last_rotated_at) values (:app, :project, 'a', 'ios', :domain, :store, '', now(), now())""")
                .bind("org", UUID.randomUUID())
                .bind("project", UUID.randomUUID())
                .bind("mode", mode.wireName())
                .bind("app", id)
                .bind("domain", domain)
                .bind("store", storeId)
                .execute());
        return id;
    }

    @Override
    protected int kept(@Nullable String appId) {
        return postgres.database().jdbi().withHandle(handle -> handle.createQuery(
                        "select count(*) from apple_postback where app_id is not distinct from :app")
                .bind("app", appId)
                .mapTo(Integer.class)
                .one());
    }

    @Test
    void rejectedOnesAreForgottenAfterSevenDaysWaitingOnesAfterThirtyAndClicksWithTheMatchingRecords() {
        Instant now = Instant.parse("2026-11-30T12:00:00Z");
        for (int days : new int[] {6, 8, 29, 31}) {
            Instant at = now.minus(Duration.ofDays(days));
            for (String status : new String[] {"rejected", "waiting"}) {
                postgres.database()
                        .jdbi()
                        .useHandle(handle -> handle.execute(
                                "insert into apple_postback (id, received_at, status, reason, app_id, body) values (?, ?, ?, '', 'old', '')",
                                UUID.randomUUID(),
                                at.atOffset(ZoneOffset.UTC),
                                status));
            }
            new PostgresClicks(postgres.database().jdbi())
                    .record(new Click(
                            at,
                            UUID.randomUUID(),
                            "old",
                            Map.of("fbclid", "f\0"),
                            Map.of(),
                            new RequestOrigin("203.0.113.7", null)));
        }
        new Retention(postgres.database(), Duration.ofDays(7)).apply(now);
        assertThat(kept("old")).isEqualTo(1 + 3);
        int clicks = postgres.database().jdbi().withHandle(handle -> handle.createQuery(
                        "select count(*) from click_record where app_id = 'old'")
                .mapTo(Integer.class)
                .one());
        assertThat(clicks).isEqualTo(1);
    }
}
