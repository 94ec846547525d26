package dev.varve.store.postgres.tenant;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.bytes;
import static dev.varve.store.postgres.tenant.Columns.id;
import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.instantOrNull;
import static dev.varve.store.postgres.tenant.Columns.json;
import static dev.varve.store.postgres.tenant.Columns.jsonObject;
import static dev.varve.store.postgres.tenant.Columns.text;
import static dev.varve.store.postgres.tenant.Columns.texts;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.event.Platform;
import dev.varve.tenant.IngestApp.AppStoreIdentity;
import dev.varve.tenant.Projects;
import dev.varve.tenant.SdkApp;
import dev.varve.tenant.SdkApps;
import dev.varve.tenant.SdkPlatform;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/// SDK apps in PostgreSQL; of an app key there is only its SHA-256.
public final class PostgresSdkApps implements SdkApps {
    private final Jdbi jdbi;

    public PostgresSdkApps(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    @Override
    public boolean insert(SdkApp app, byte[] appKeySha256) {
        return jdbi.withHandle(handle -> bind(handle.createUpdate("""
                        insert into sdk_app (app_id, project_id, name, platform, bundle_id, android_package, web_domain,
                            app_store_id, app_key_sha256, require_ingest_key, capi, remote_config, created_at, last_rotated_at)
                        values (:appId, :project, :name, :platform, :bundleId, :androidPackage, :webDomain, :appStoreId, :key,
                            :requireKey, cast(:capi as jsonb), cast(:remoteConfig as jsonb), :createdAt, :rotatedAt)
                        on conflict (app_id) do nothing"""), app)
                        .bind("platform", app.platform().wireName())
                        .bind("key", bytes(appKeySha256))
                        .bind("createdAt", at(app.times().createdAt()))
                        .bind("rotatedAt", at(app.times().lastRotatedAt()))
                        .execute()
                == 1);
    }

    /// Under the project's lock: of two apps that go off at once, the second must see the first to turn the layer off,
    /// and nobody may configure a layer between its comparison and its switching on.
    @Override
    public ChangeOutcome change(UUID projectId, String appId, UnaryOperator<SdkApp> edit, Change change) {
        return jdbi.inTransaction(handle -> {
            ProjectLock.take(handle, projectId);
            SwitchLayers layers = new SwitchLayers(handle, projectId);
            if (!layers.areStill(change.layersOn())) {
                return new ChangeOutcome.Outdated();
            }
            return select(handle, projectId, appId, " for no key update")
                    .<ChangeOutcome>map(before -> {
                        SdkApp after = edit.apply(before);
                        save(handle, after, change);
                        return new ChangeOutcome.Changed(before, after, layers.run(change));
                    })
                    .orElseGet(ChangeOutcome.Missing::new);
        });
    }

    private static void save(Handle handle, SdkApp app, Change change) {
        bind(handle.createUpdate("""
                            update sdk_app set name = :name, bundle_id = :bundleId, android_package = :androidPackage,
                                web_domain = :webDomain, app_store_id = :appStoreId, require_ingest_key = :requireKey,
                                capi = cast(:capi as jsonb), remote_config = cast(:remoteConfig as jsonb)
                            where app_id = :appId and project_id = :project"""), app).execute();
        change.rotation().ifPresent(rotation -> rotate(handle, app, rotation));
    }

    private static void rotate(Handle handle, SdkApp app, Rotation rotation) {
        handle.createUpdate("update sdk_app set app_key_sha256 = :key, last_rotated_at = :at where app_id = :appId")
                .bind("key", bytes(rotation.appKeySha256()))
                .bind("at", at(app.times().lastRotatedAt()))
                .bind("appId", app.appId())
                .execute();
    }

    @Override
    public Optional<SdkApp> find(UUID projectId, String appId) {
        return jdbi.withHandle(handle -> select(handle, projectId, appId, ""));
    }

    private static Optional<SdkApp> select(Handle handle, UUID projectId, String appId, String lock) {
        return handle.createQuery("select * from sdk_app where app_id = :appId and project_id = :project" + lock)
                .bind("appId", appId)
                .bind("project", uuid(projectId))
                .map((row, context) -> read(row))
                .findOne();
    }

    @Override
    public Optional<Shown> show(Projects.Owner owner, UUID projectId, String appId) {
        return jdbi.withHandle(handle -> new SelectShownApp(handle, owner).read(projectId, appId));
    }

    @Override
    public List<SdkApp> list(UUID projectId, Optional<SdkPlatform> platform, Optional<Position> after, int limit) {
        StringBuilder sql = new StringBuilder("select * from sdk_app where project_id = :project");
        platform.ifPresent(wanted -> sql.append(" and platform = :platform"));
        after.ifPresent(position ->
                sql.append(" and (created_at < :createdAt or (created_at = :createdAt and app_id > :appId))"));
        sql.append(" order by created_at desc, app_id limit :limit");
        return jdbi.withHandle(handle -> {
            Query query = handle.createQuery(sql.toString())
                    .bind("project", uuid(projectId))
                    .bind("limit", limit);
            platform.ifPresent(wanted -> query.bind("platform", wanted.wireName()));
            after.ifPresent(position ->
                    query.bind("createdAt", at(position.createdAt())).bind("appId", position.appId()));
            return query.map((row, context) -> read(row)).list();
        });
    }

    @Override
    public Map<String, Activity> activity(Set<String> appIds) {
        return jdbi.withHandle(handle -> {
            Map<String, Map<Platform, Instant>> forwards = new HashMap<>();
            handle.createQuery("""
                            select d.app_id, d.platform, d.last_forward_at
                            from sdk_app a join delivery_activity d on d.project_id = a.project_id and d.app_id = a.app_id
                            where a.app_id = any(:apps) and d.last_forward_at is not null""")
                    .bind("apps", texts(appIds))
                    .map((row, context) -> {
                        forwards.computeIfAbsent(row.getString("app_id"), key -> new EnumMap<>(Platform.class))
                                .put(Platform.values()[row.getInt("platform")], instant(row, "last_forward_at"));
                        return row.getRow();
                    })
                    .list();
            Map<String, Activity> activity = new HashMap<>();
            forwards.forEach((app, byPlatform) -> activity.put(app, new Activity(Optional.empty(), byPlatform)));
            handle.createQuery("select app_id, last_event_at from app_activity where app_id = any(:apps)")
                    .bind("apps", texts(appIds))
                    .map((row, context) -> activity.put(
                            row.getString("app_id"),
                            new Activity(
                                    Optional.ofNullable(instantOrNull(row, "last_event_at")),
                                    forwards.getOrDefault(row.getString("app_id"), Map.of()))))
                    .list();
            return activity;
        });
    }

    private static Update bind(Update update, SdkApp app) {
        ObjectNode capi = JsonNodeFactory.instance.objectNode();
        app.settings().capi().forEach(capi::put);
        return update.bind("appId", app.appId())
                .bind("project", uuid(app.projectId()))
                .bind("name", app.store().name())
                .bind("bundleId", app.store().bundleId())
                .bind("androidPackage", app.store().androidPackage())
                .bind("webDomain", app.store().webDomain())
                .bind("appStoreId", app.store().appStoreId())
                .bind("requireKey", app.settings().requireIngestKey())
                .bind("capi", json(capi))
                .bind("remoteConfig", json(app.settings().remoteConfig()));
    }

    static SdkApp read(ResultSet row) throws SQLException {
        ObjectNode remoteConfig = jsonObject(row, "remote_config");
        return new SdkApp(
                row.getString("app_id"),
                id(row, "project_id"),
                platform(row),
                store(row),
                new SdkApp.Settings(
                        row.getBoolean("require_ingest_key"),
                        switches(jsonObject(row, "capi")),
                        remoteConfig == null ? JsonNodeFactory.instance.objectNode() : remoteConfig),
                new SdkApp.Times(instant(row, "created_at"), instant(row, "last_rotated_at")));
    }

    static SdkPlatform platform(ResultSet row) throws SQLException {
        return SdkPlatform.parse(row.getString("platform")).orElseThrow();
    }

    static AppStoreIdentity store(ResultSet row) throws SQLException {
        return new AppStoreIdentity(
                row.getString("name"),
                text(row, "bundle_id"),
                text(row, "android_package"),
                text(row, "web_domain"),
                text(row, "app_store_id"));
    }

    static Map<String, Boolean> switches(@Nullable ObjectNode capi) {
        Map<String, Boolean> switches = new HashMap<>();
        if (capi != null) {
            for (Map.Entry<String, JsonNode> member : capi.properties()) {
                switches.put(member.getKey(), member.getValue().booleanValue());
            }
        }
        return switches;
    }
}
