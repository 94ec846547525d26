package dev.varve.store.postgres.tenant;

import static dev.varve.store.postgres.tenant.Columns.id;
import static dev.varve.store.postgres.tenant.Columns.jsonObject;
import static dev.varve.store.postgres.tenant.Columns.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.event.Platform;
import dev.varve.eventlog.EventLogUnavailableException;
import dev.varve.tenant.IngestApp;
import dev.varve.tenant.IngestApps;
import dev.varve.tenant.ProjectChanges;
import dev.varve.tenant.RemoteConfig;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/// SDK apps for ingest and relay, read from PostgreSQL when they changed.
///
/// @implNote asks nothing for an id that cannot be one
public final class CachedIngestApps implements IngestApps, ProjectChanges, TenantChanges.Copies {
    private static final Pattern APP_ID = Pattern.compile("app_[0-9a-f]{24}");

    private final Jdbi jdbi;
    private final FreshCopies<String, IngestApp> copies;

    private CachedIngestApps(Jdbi jdbi, TenantChanges changes) {
        this.jdbi = jdbi;
        this.copies = new FreshCopies<>(this::load, changes);
    }

    public static CachedIngestApps open(Jdbi jdbi, TenantChanges changes) {
        CachedIngestApps apps = new CachedIngestApps(jdbi, changes);
        changes.tell(apps);
        return apps;
    }

    /// @throws EventLogUnavailableException when the store does not answer and the app was never seen
    @Override
    public Optional<IngestApp> find(String appId) {
        if (appId.length() != 28) {
            return Optional.empty();
        }
        return copies.find(appId);
    }

    @Override
    public void changed(UUID projectId) {
        forget(projectId::equals);
    }

    /// Of an absent app nobody knows whose it would be.
    @Override
    public void forget(Predicate<UUID> projects) {
        copies.forgetValues(app -> projects.test(app.projectId()));
    }

    @Override
    public void tidy() {
        copies.tidy();
    }

    private Optional<IngestApp> load(String appId) {
        if (!APP_ID.matcher(appId).matches()) {
            return Optional.empty();
        }
        try {
            return jdbi.withHandle(handle -> handle.createQuery("""
                            select a.*, p.platform_web_domain,
                              (select default_country from layer l where l.project_id = p.id and l.platform = 'meta_ads') meta_country,
                              (select default_country from layer l where l.project_id = p.id and l.platform = 'tiktok_ads') tiktok_country
                            from sdk_app a join project p on p.id = a.project_id
                            where a.app_id = :appId and p.status = 'active'""")
                    .bind("appId", appId)
                    .map((row, context) -> read(row))
                    .findOne());
        } catch (JdbiException e) {
            throw new EventLogUnavailableException("apps cannot be looked up", e);
        }
    }

    private static IngestApp read(ResultSet row) throws SQLException {
        return new IngestApp(
                row.getString("app_id"),
                id(row, "project_id"),
                PostgresSdkApps.platform(row),
                new IngestApp.AppKeyPolicy(row.getBytes("app_key_sha256"), row.getBoolean("require_ingest_key")),
                store(row),
                toggles(PostgresSdkApps.switches(jsonObject(row, "capi"))),
                countries(row),
                remoteConfig(jsonObject(row, "remote_config")));
    }

    private static RemoteConfig remoteConfig(@Nullable ObjectNode overlay) {
        return overlay == null || overlay.isEmpty() ? RemoteConfig.DEFAULT : RemoteConfig.of(overlay);
    }

    /// An app without a domain of its own uses its project's: TikTok's web column wants a page for every event.
    private static IngestApp.AppStoreIdentity store(ResultSet row) throws SQLException {
        IngestApp.AppStoreIdentity own = PostgresSdkApps.store(row);
        return own.webDomain() != null
                ? own
                : new IngestApp.AppStoreIdentity(
                        own.name(),
                        own.bundleId(),
                        own.androidPackage(),
                        text(row, "platform_web_domain"),
                        own.appStoreId());
    }

    private static Map<Platform, Boolean> toggles(Map<String, Boolean> switches) {
        Map<Platform, Boolean> toggles = new EnumMap<>(Platform.class);
        switches.forEach((name, on) -> Platform.parse(name).ifPresent(platform -> toggles.put(platform, on)));
        return toggles;
    }

    private static Map<Platform, String> countries(ResultSet row) throws SQLException {
        Map<Platform, String> countries = new EnumMap<>(Platform.class);
        for (Platform platform : Platform.values()) {
            String country = text(row, platform.shortName() + "_country");
            if (country != null) {
                countries.put(platform, country);
            }
        }
        return countries;
    }
}
