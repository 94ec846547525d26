package dev.varve.store.postgres.ingest;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.storable;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.postback.Postbacks;
import dev.varve.tenant.Mode;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/// Kept postbacks in PostgreSQL; `Retention` forgets them.
public final class PostgresPostbacks implements Postbacks {
    private static final String APPS = "sdk_app a join project p on p.id = a.project_id and p.status = 'active'";

    private final Jdbi jdbi;

    public PostgresPostbacks(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// The app whose domain it is comes first.
    @Override
    public Optional<Place> place(@Nullable String host, @Nullable String appStoreId) {
        return jdbi.withHandle(handle -> handle.createQuery("select a.app_id, p.mode from " + APPS + """
                         where lower(a.web_domain) = :host or a.app_store_id = :store
                        order by coalesce(lower(a.web_domain) = :host, false) desc, a.created_at, a.app_id limit 1""")
                .bind("host", text(host))
                .bind("store", text(appStoreId))
                .map((row, context) -> place(row))
                .findOne());
    }

    @Override
    public Optional<Mode> mode(String appId) {
        return jdbi.withHandle(
                handle -> handle.createQuery("select a.app_id, p.mode from " + APPS + " where a.app_id = :app")
                        .bind("app", appId)
                        .map((row, context) -> place(row).mode())
                        .findOne());
    }

    @Override
    public void keep(Kept postback) {
        String status =
                switch (postback.fate()) {
                    case Fate.Waiting() -> "waiting";
                    case Fate.Rejected _ -> "rejected";
                };
        String reason =
                switch (postback.fate()) {
                    case Fate.Waiting() -> "unknown_app";
                    case Fate.Rejected(var why) -> why;
                };
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into apple_postback (id, received_at, status, reason, app_id, app_store_id, host, body)
                        select :id, :at, :status, :reason, :app, :store, :host, :body
                        where :status = 'waiting' or :max > (select count(*) from (
                            select from apple_postback k
                            where k.status = 'rejected' and k.app_id is not distinct from :app limit :max) kept)
                        on conflict do nothing""")
                .bind("id", uuid(id(status, postback)))
                .bind("at", at(postback.receivedAt()))
                .bind("status", status)
                .bind("reason", reason)
                .bind("app", postback.address().appId())
                .bind("store", text(postback.address().appStoreId()))
                .bind("host", text(postback.address().host()))
                .bind("body", storable(new String(postback.body(), StandardCharsets.UTF_8)))
                .bind("max", MAX_REJECTED)
                .execute());
    }

    private static UUID id(String status, Kept postback) {
        String name = status + "\0" + postback.address().appId() + "\0" + postback.name();
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    /// By the App Store's number or the domain, as when it came.
    @Override
    public List<Arrived> arrived(int max) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select k.id, k.received_at, k.body, f.app_id, f.mode from apple_postback k
                        cross join lateral (select a.app_id, p.mode from <apps>
                            where lower(a.web_domain) = k.host or a.app_store_id = k.app_store_id
                            order by coalesce(lower(a.web_domain) = k.host, false) desc, a.created_at, a.app_id limit 1) f
                        where k.status = 'waiting' order by k.received_at limit :max""".replace("<apps>", APPS))
                .bind("max", max)
                .map((row, context) -> new Arrived(
                        row.getString("id"),
                        place(row),
                        instant(row, "received_at"),
                        row.getString("body").getBytes(StandardCharsets.UTF_8)))
                .list());
    }

    @Override
    public void forget(Arrived postback) {
        jdbi.useHandle(handle -> handle.createUpdate("delete from apple_postback where id = :id")
                .bind("id", uuid(UUID.fromString(postback.id())))
                .execute());
    }

    private static Place place(ResultSet row) throws SQLException {
        return new Place(
                row.getString("app_id"), Mode.parse(row.getString("mode")).orElseThrow());
    }

    private static @Nullable String text(@Nullable String text) {
        return text == null ? null : storable(text);
    }
}
