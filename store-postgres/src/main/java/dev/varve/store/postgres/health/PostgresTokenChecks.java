package dev.varve.store.postgres.health;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.id;
import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.instantOrNull;
import static dev.varve.store.postgres.tenant.Columns.text;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.delivery.DestinationState;
import dev.varve.destination.Destination;
import dev.varve.event.Platform;
import dev.varve.health.TokenChecks;
import dev.varve.health.TokenFinding;
import dev.varve.health.TokenStanding;
import dev.varve.store.postgres.tenant.DestinationRows;
import dev.varve.tenant.Layers.LayerError;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// Checks of tokens in the table `layer`. Writes `destination_state` before `layer`, as the ledger does.
public final class PostgresTokenChecks implements TokenChecks {
    private final Jdbi jdbi;
    private final DestinationRows rows;

    public PostgresTokenChecks(Jdbi jdbi, DestinationRows rows) {
        this.jdbi = jdbi;
        this.rows = rows;
    }

    @Override
    public List<Due> claim(Platform platform, Window window, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        with due as (
                            select l.id from layer l join project p on p.id = l.project_id
                            join organization o on o.id = p.organization_id
                            where l.access_token_id is not null and l.pixel_id is not null and l.platform = :platform
                              and (l.next_check_at <= :now or l.next_check_at > :latest)
                              and p.status = 'active' and o.status = 'active'
                            order by l.next_check_at limit :limit for update of l skip locked),
                        claimed as (
                            update layer l set next_check_at = :until from due where l.id = due.id returning l.*)
                        select c.*, p.mode, v.ciphertext, s.state lane
                        from claimed c join project p on p.id = c.project_id
                        left join vault_entry v on v.id = c.access_token_id
                        left join destination_state s on s.project_id = c.project_id and s.platform = :ordinal""")
                .bind("platform", platform.layerName())
                .bind("ordinal", platform.ordinal())
                .bind("now", at(window.now()))
                .bind("latest", at(window.latest()))
                .bind("until", at(window.until()))
                .bind("limit", limit)
                .map((row, context) -> read(row))
                .list());
    }

    @Override
    public boolean record(Due due, TokenFinding finding, Instant at, Instant nextAt) {
        return jdbi.inTransaction(handle -> {
            note(handle, due, finding);
            boolean unchanged = schedule(handle, due, finding, nextAt);
            if (unchanged) {
                keepVerdict(handle, due.destination().key(), finding, at.truncatedTo(ChronoUnit.MICROS));
            } else {
                handle.rollback();
            }
            return unchanged;
        });
    }

    private Due read(ResultSet row) throws SQLException {
        return new Due(id(row, "id"), rows.read(row), standing(row), instant(row, "updated_at"));
    }

    private static TokenStanding standing(ResultSet row) throws SQLException {
        String lane = text(row, "lane");
        DestinationState.Phase phase = lane == null
                ? DestinationState.Phase.FLOWING
                : DestinationState.Phase.valueOf(lane.toUpperCase(Locale.ROOT));
        return new TokenStanding(known(row), row.getInt("check_refusals"), phase);
    }

    private static TokenStanding.Known known(ResultSet row) throws SQLException {
        if (row.getBoolean("access_token_valid")) {
            return TokenStanding.Known.VALID;
        }
        return instantOrNull(row, "access_token_validated_at") == null
                ? TokenStanding.Known.NOTHING
                : TokenStanding.Known.REFUSED;
    }

    private static void note(Handle handle, Due due, TokenFinding finding) {
        switch (finding) {
            case TokenFinding.Confirmed _ -> resume(handle, due.destination().key());
            case TokenFinding.Inconclusive _ -> resume(handle, due.destination().key());
            case TokenFinding.Suspected suspected ->
                recordError(handle, due.destination().key(), suspected.error());
            case TokenFinding.Refused refused ->
                recordError(handle, due.destination().key(), refused.error());
            case TokenFinding.Unanswered _ -> {}
        }
    }

    /// A stopped lane sees the row change and sends what waited; a held one asks for itself.
    private static void resume(Handle handle, Destination.Key key) {
        handle.createUpdate("""
                        update destination_state set state = 'flowing', broken_reason = null, failing_since = null
                        where project_id = :project and platform = :platform and state = 'stopped'""")
                .bind("project", uuid(key.projectId()))
                .bind("platform", key.platform().ordinal())
                .execute();
    }

    private static void recordError(Handle handle, Destination.Key key, LayerError error) {
        handle.createUpdate("""
                        insert into destination_state as d
                            (project_id, platform, error_at, error_code, error_message, error_platform_code)
                        values (:project, :platform, :at, :code, :message, :platformCode)
                        on conflict (project_id, platform) do update set error_at = excluded.error_at,
                            error_code = excluded.error_code, error_message = excluded.error_message,
                            error_platform_code = excluded.error_platform_code
                        where d.error_at is null or d.error_at <= excluded.error_at""")
                .bind("project", uuid(key.projectId()))
                .bind("platform", key.platform().ordinal())
                .bind("at", at(error.at()))
                .bind("code", error.code())
                .bind("message", error.message())
                .bind("platformCode", error.platformCode())
                .execute();
    }

    private static boolean schedule(Handle handle, Due due, TokenFinding finding, Instant nextAt) {
        int refusals = finding instanceof TokenFinding.Suspected suspected ? suspected.refusals() : 0;
        return handle.createUpdate("""
                        update layer set next_check_at = :next,
                            check_refusals = case when :answered then :refusals else check_refusals end
                        where id = :id and updated_at = :configuredAt""")
                        .bind("next", at(nextAt))
                        .bind("answered", !(finding instanceof TokenFinding.Unanswered))
                        .bind("refusals", refusals)
                        .bind("id", uuid(due.layerId()))
                        .bind("configuredAt", at(due.configuredAt()))
                        .execute()
                == 1;
    }

    private static void keepVerdict(Handle handle, Destination.Key key, TokenFinding finding, Instant at) {
        switch (finding) {
            case TokenFinding.Confirmed _ -> write(handle, new TokenVerdict(key, TokenStanding.Known.VALID, at));
            case TokenFinding.Refused _ -> write(handle, new TokenVerdict(key, TokenStanding.Known.REFUSED, at));
            case TokenFinding.Inconclusive _, TokenFinding.Suspected _, TokenFinding.Unanswered _ -> {}
        }
    }

    private static void write(Handle handle, TokenVerdict verdict) {
        try {
            verdict.write(handle.getConnection());
        } catch (SQLException e) {
            throw new IllegalStateException("the verdict on a token cannot be stored", e);
        }
    }
}
