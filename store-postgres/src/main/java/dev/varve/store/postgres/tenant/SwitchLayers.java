package dev.varve.store.postgres.tenant;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.event.Platform;
import dev.varve.tenant.Layer;
import dev.varve.tenant.SdkApps.Change;
import dev.varve.tenant.SdkApps.CheckedLayer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// Switches layers on and off with an app, within the transaction that saves it and holds the project's lock.
record SwitchLayers(Handle handle, UUID projectId) {
    boolean areStill(List<CheckedLayer> layers) {
        return layers.stream().allMatch(layer -> isStored(layer.before()));
    }

    private boolean isStored(Layer layer) {
        return PostgresLayers.select(handle, projectId, layer.platform()).equals(Optional.of(layer));
    }

    /// Answers the layers that went on or off. To be run when the app is saved: its switches count.
    List<Layer> run(Change change) {
        // the verdicts on all of them first, as in every transaction that writes layer and state
        change.layersOn().forEach(layer -> PostgresLayers.recordVerdict(handle, layer.after(), layer.verdict()));
        List<Layer> switched = new ArrayList<>();
        change.layersOn().forEach(layer -> on(layer).ifPresent(switched::add));
        change.layersOff()
                .forEach(platform -> offUnlessUsed(platform, change.at()).ifPresent(switched::add));
        return switched;
    }

    private Optional<Layer> on(CheckedLayer layer) {
        if (layer.after().equals(layer.before())) {
            return Optional.empty();
        }
        Layer stored = PostgresLayers.upsert(
                handle, layer.after(), layer.after().token().vaultId());
        return layer.before().enabled() ? Optional.empty() : Optional.of(stored);
    }

    /// A switch that was never set counts as on.
    private Optional<Layer> offUnlessUsed(Platform platform, Instant at) {
        return handle.createQuery("""
                        update layer set enabled = false, updated_at = greatest(:at, updated_at + interval '1 millisecond')
                        where project_id = :project and platform = :platform and enabled and not exists (
                            select from sdk_app
                            where project_id = :project and coalesce((capi ->> :short)::boolean, true))
                        returning *""")
                .bind("at", at(at))
                .bind("project", uuid(projectId))
                .bind("platform", platform.layerName())
                .bind("short", platform.shortName())
                .map((row, context) -> PostgresLayers.read(row))
                .findOne();
    }
}
