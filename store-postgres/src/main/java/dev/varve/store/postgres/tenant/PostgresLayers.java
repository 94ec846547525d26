package dev.varve.store.postgres.tenant;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.bytes;
import static dev.varve.store.postgres.tenant.Columns.id;
import static dev.varve.store.postgres.tenant.Columns.idOrNull;
import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.instantOrNull;
import static dev.varve.store.postgres.tenant.Columns.integer;
import static dev.varve.store.postgres.tenant.Columns.json;
import static dev.varve.store.postgres.tenant.Columns.jsonNode;
import static dev.varve.store.postgres.tenant.Columns.jsonObject;
import static dev.varve.store.postgres.tenant.Columns.text;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.event.Platform;
import dev.varve.health.CheckSchedule;
import dev.varve.tenant.Layer;
import dev.varve.tenant.Layers;
import dev.varve.tenant.Vault;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/// Layers in PostgreSQL, their tokens as vault entries: encrypted, with the entry's id as associated data.
public final class PostgresLayers implements Layers {
    private final Jdbi jdbi;
    private final Vault vault;

    public PostgresLayers(Jdbi jdbi, Vault vault) {
        this.jdbi = jdbi;
        this.vault = vault;
    }

    @Override
    public Optional<Layer> find(UUID projectId, Platform platform) {
        return jdbi.withHandle(handle -> select(handle, projectId, platform));
    }

    static Optional<Layer> select(Handle handle, UUID projectId, Platform platform) {
        return handle.createQuery("select * from layer where project_id = :project and platform = :platform")
                .bind("project", uuid(projectId))
                .bind("platform", platform.layerName())
                .map((row, context) -> read(row))
                .findOne();
    }

    @Override
    public Layer save(Layer layer, TokenChange change, Verdict verdict) {
        return jdbi.inTransaction(handle -> save(handle, layer, change, verdict));
    }

    /// The project's row is locked first, as there may be no layer yet, and those who also
    /// write the destination's state lock that before the layer.
    @Override
    public Optional<Layer> replace(Optional<Layer> before, Layer layer, TokenChange change, Verdict verdict) {
        return jdbi.inTransaction(handle -> {
            ProjectLock.take(handle, layer.projectId());
            Optional<Layer> stored = select(handle, layer.projectId(), layer.platform());
            return stored.equals(before) ? Optional.of(save(handle, layer, change, verdict)) : Optional.empty();
        });
    }

    private Layer save(Handle handle, Layer layer, TokenChange change, Verdict verdict) {
        recordVerdict(handle, layer, verdict); // first, as in every transaction that writes layer and state
        UUID vaultId = storeToken(handle, layer, change);
        Layer stored = upsert(handle, layer, vaultId);
        if (change instanceof TokenChange.Deleted && layer.token().vaultId() != null) {
            handle.createUpdate("delete from vault_entry where id = :id")
                    .bind("id", uuid(layer.token().vaultId()))
                    .execute();
        }
        resetCounts(handle, layer, change);
        return stored;
    }

    @Override
    public Optional<String> revealToken(Layer layer) {
        UUID vaultId = layer.token().vaultId();
        if (vaultId == null) {
            return Optional.empty();
        }
        return jdbi.withHandle(handle -> handle.createQuery("select ciphertext from vault_entry where id = :id")
                        .bind("id", uuid(vaultId))
                        .map((row, context) -> row.getBytes("ciphertext"))
                        .findOne())
                .map(ciphertext -> reveal(vault, vaultId, ciphertext));
    }

    @Override
    public Optional<LayerError> lastError(Layer layer, Instant now) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select error_at, error_code, error_message, error_platform_code, last_success_at from destination_state
                        where project_id = :project and platform = :platform
                          and error_at is not null and error_code is not null""")
                .bind("project", uuid(layer.projectId()))
                .bind("platform", layer.platform().ordinal())
                .map((row, context) -> {
                    LayerError error = readError(row);
                    return error.isShown(instantOrNull(row, "last_success_at"), layer.token(), now)
                            ? Optional.of(error)
                            : Optional.<LayerError>empty();
                })
                .findOne()
                .flatMap(shown -> shown));
    }

    /// The error of a row of `destination_state` that has one.
    public static LayerError readError(ResultSet row) throws SQLException {
        return new LayerError(
                instant(row, "error_at"),
                row.getString("error_code"),
                text(row, "error_message"),
                integer(row, "error_platform_code"));
    }

    static String reveal(Vault vault, UUID vaultId, byte[] ciphertext) {
        return new String(vault.decrypt(ciphertext, associatedData(vaultId)), StandardCharsets.UTF_8);
    }

    private static byte[] associatedData(UUID vaultId) {
        return vaultId.toString().getBytes(StandardCharsets.UTF_8);
    }

    private @Nullable UUID storeToken(Handle handle, Layer layer, TokenChange change) {
        return switch (change) {
            case TokenChange.Kept _ -> layer.token().vaultId();
            case TokenChange.Deleted _ -> null;
            case TokenChange.Replaced replaced -> encrypt(handle, layer, replaced.token());
        };
    }

    private UUID encrypt(Handle handle, Layer layer, String token) {
        UUID known = layer.token().vaultId();
        UUID vaultId = known == null ? UUID.randomUUID() : known;
        handle.createUpdate("""
                        insert into vault_entry (id, organization_id, ciphertext, updated_at)
                        select :id, organization_id, :ciphertext, :at from project where id = :project
                        on conflict (id) do update set ciphertext = excluded.ciphertext, updated_at = excluded.updated_at""")
                .bind("id", uuid(vaultId))
                .bind(
                        "ciphertext",
                        bytes(vault.encrypt(token.getBytes(StandardCharsets.UTF_8), associatedData(vaultId))))
                .bind("at", at(layer.updatedAt()))
                .bind("project", uuid(layer.projectId()))
                .execute();
        return vaultId;
    }

    static Layer upsert(Handle handle, Layer layer, @Nullable UUID vaultId) {
        Layer.Settings settings = layer.settings();
        return handle.createQuery("""
                        insert into layer (id, project_id, platform, enabled, pixel_id, access_token_id, access_token_valid,
                            access_token_validated_at, test_event_code, event_map, action_source, data_processing_options,
                            default_country, updated_at, next_check_at, test_event_code_since)
                        values (:id, :project, :platform, :enabled, :pixel, :token, :valid, :validatedAt, :testCode,
                            cast(:eventMap as jsonb), :actionSource, cast(:processing as jsonb), :country, :at, :nextCheck,
                            case when cast(:testCode as text) is null then null else cast(:at as timestamptz) end)
                        on conflict (project_id, platform) do update set enabled = excluded.enabled,
                            pixel_id = excluded.pixel_id, access_token_id = excluded.access_token_id,
                            access_token_valid = excluded.access_token_valid,
                            access_token_validated_at = excluded.access_token_validated_at,
                            test_event_code = excluded.test_event_code, event_map = excluded.event_map,
                            action_source = excluded.action_source,
                            data_processing_options = excluded.data_processing_options,
                            default_country = excluded.default_country,
                            updated_at = greatest(excluded.updated_at, layer.updated_at + interval '1 millisecond'),
                            next_check_at = excluded.next_check_at, check_refusals = 0,
                            test_event_code_since = case when excluded.test_event_code = layer.test_event_code
                                then layer.test_event_code_since else excluded.test_event_code_since end
                        returning *""")
                .bind("id", uuid(layer.id()))
                .bind("project", uuid(layer.projectId()))
                .bind("platform", layer.platform().layerName())
                .bind("enabled", layer.enabled())
                .bind("pixel", layer.pixelId())
                .bind("token", uuid(vaultId))
                .bind("valid", layer.token().valid())
                .bind("validatedAt", at(layer.token().validatedAt()))
                .bind("testCode", settings.testEventCode())
                .bind("eventMap", json(settings.eventMap()))
                .bind("actionSource", settings.actionSource())
                .bind("processing", json(settings.dataProcessingOptions()))
                .bind("country", settings.defaultCountry())
                .bind("at", at(layer.updatedAt()))
                .bind("nextCheck", at(CheckSchedule.DEFAULT.afterSave(layer.token(), layer.updatedAt())))
                .map((row, context) -> read(row))
                .one();
    }

    /// Another pixel has other counts; another token may read what the one before could not.
    private static void resetCounts(Handle handle, Layer layer, TokenChange change) {
        if (layer.pixelId() == null) {
            return;
        }
        handle.createUpdate("""
                        delete from platform_count c using platform_count_state s
                        where s.project_id = :project and s.platform = :platform and s.pixel_id <> :pixel
                          and c.project_id = s.project_id and c.platform = s.platform""")
                .bind("project", uuid(layer.projectId()))
                .bind("platform", layer.platform().ordinal())
                .bind("pixel", layer.pixelId())
                .execute();
        handle.createUpdate("""
                        insert into platform_count_state as s (project_id, platform, pixel_id, is_readable, next_poll_at)
                        values (:project, :platform, :pixel, true, :at)
                        on conflict (project_id, platform) do update set is_readable = true, reason = null,
                            unreadable_since = null, next_poll_at = excluded.next_poll_at,
                            counted_until = case when s.pixel_id = excluded.pixel_id then s.counted_until end,
                            pixel_id = excluded.pixel_id
                        where s.pixel_id <> excluded.pixel_id or :newToken""")
                .bind("project", uuid(layer.projectId()))
                .bind("platform", layer.platform().ordinal())
                .bind("pixel", layer.pixelId())
                .bind("at", at(layer.updatedAt()))
                .bind("newToken", change instanceof TokenChange.Replaced)
                .execute();
    }

    static void recordVerdict(Handle handle, Layer layer, Verdict verdict) {
        switch (verdict) {
            case Verdict.None _ -> {}
            case Verdict.Accepted _ -> resume(handle, layer);
            case Verdict.Refused refused -> recordError(handle, layer, refused.error());
        }
    }

    /// The dispatcher sees the row change and sends what waited.
    private static void resume(Handle handle, Layer layer) {
        handle.createUpdate("""
                        update destination_state set state = 'flowing', broken_reason = null, failing_since = null
                        where project_id = :project and platform = :platform""")
                .bind("project", uuid(layer.projectId()))
                .bind("platform", layer.platform().ordinal())
                .execute();
    }

    private static void recordError(Handle handle, Layer layer, LayerError error) {
        handle.createUpdate("""
                        insert into destination_state (project_id, platform, error_at, error_code, error_message, error_platform_code)
                        values (:project, :platform, :at, :code, :message, :platformCode)
                        on conflict (project_id, platform) do update set error_at = excluded.error_at,
                            error_code = excluded.error_code, error_message = excluded.error_message,
                            error_platform_code = excluded.error_platform_code""")
                .bind("project", uuid(layer.projectId()))
                .bind("platform", layer.platform().ordinal())
                .bind("at", at(error.at()))
                .bind("code", error.code())
                .bind("message", error.message())
                .bind("platformCode", error.platformCode())
                .execute();
    }

    /// The layer of a row that holds the columns of `layer`.
    public static Layer read(ResultSet row) throws SQLException {
        Instant updatedAt = instant(row, "updated_at");
        return new Layer(
                id(row, "id"),
                id(row, "project_id"),
                Platform.parse(row.getString("platform")).orElseThrow(),
                row.getBoolean("enabled"),
                text(row, "pixel_id"),
                new Layer.Token(
                        idOrNull(row, "access_token_id"),
                        row.getBoolean("access_token_valid"),
                        instantOrNull(row, "access_token_validated_at")),
                new Layer.Settings(
                        text(row, "test_event_code"),
                        jsonObject(row, "event_map"),
                        text(row, "action_source"),
                        jsonNode(row, "data_processing_options"),
                        text(row, "default_country")),
                updatedAt);
    }
}
