package dev.varve.store.postgres.tenant;

import static dev.varve.store.postgres.tenant.Columns.instantOrNull;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.event.Platform;
import dev.varve.tenant.Projects;
import dev.varve.tenant.SdkApp;
import dev.varve.tenant.SdkApps.Activity;
import dev.varve.tenant.SdkApps.LayerSwitch;
import dev.varve.tenant.SdkApps.Shown;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// An app with its activity and its project's layers: a row for each platform, each found by key.
record SelectShownApp(Handle handle, Projects.Owner owner) {
    /// With platforms as constants, so that one plan serves all calls.
    private static final String SQL = """
            select a.*, p.ordinal, v.last_event_at, d.last_forward_at,
                l.enabled as layer_enabled, l.pixel_id as layer_pixel_id
            from sdk_app a
            join project o on o.id = a.project_id and o.organization_id = :organization and o.mode = :mode
            cross join (values <platforms>) as p(ordinal, layer_name)
            left join app_activity v on v.app_id = a.app_id
            left join layer l on l.project_id = a.project_id and l.platform = p.layer_name
            left join delivery_activity d on d.project_id = a.project_id and d.app_id = a.app_id
                and d.platform = p.ordinal
            where a.app_id = :app and a.project_id = :project""".replace("<platforms>", Columns.constants(List.of(Platform.values())));

    private record Row(
            SdkApp app,
            Platform platform,
            @Nullable Instant lastEventAt,
            @Nullable Instant lastForwardAt,
            @Nullable LayerSwitch layer) {}

    Optional<Shown> read(UUID projectId, String appId) {
        List<Row> rows = handle.createQuery(SQL)
                .bind("organization", uuid(owner.organizationId()))
                .bind("mode", owner.mode().wireName())
                .bind("app", appId)
                .bind("project", uuid(projectId))
                .map((row, context) -> row(row))
                .list();
        return rows.isEmpty() ? Optional.empty() : Optional.of(shown(rows));
    }

    private static Row row(ResultSet row) throws SQLException {
        Boolean isOn = Columns.bool(row, "layer_enabled");
        return new Row(
                PostgresSdkApps.read(row),
                Platform.values()[row.getInt("ordinal")],
                instantOrNull(row, "last_event_at"),
                instantOrNull(row, "last_forward_at"),
                isOn == null ? null : new LayerSwitch(isOn, Columns.text(row, "layer_pixel_id")));
    }

    private static Shown shown(List<Row> rows) {
        Map<Platform, Instant> forwards = new EnumMap<>(Platform.class);
        Map<Platform, LayerSwitch> layers = new EnumMap<>(Platform.class);
        for (Row row : rows) {
            if (row.lastForwardAt != null) {
                forwards.put(row.platform, row.lastForwardAt);
            }
            if (row.layer != null) {
                layers.put(row.platform, row.layer);
            }
        }
        Row first = rows.getFirst();
        return new Shown(first.app, new Activity(Optional.ofNullable(first.lastEventAt), forwards), layers);
    }
}
