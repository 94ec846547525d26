package dev.varve.store.postgres.health;

import dev.varve.destination.Destination;
import dev.varve.health.TokenStanding;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/// What a platform thought of a token at a moment, by a probe or by a request that it took or refused.
public record TokenVerdict(Destination.Key destination, TokenStanding.Known known, Instant at) {
    /// Kept when nothing newer is known and the layer was not configured anew since; a change leaves a row in the audit
    /// trail. Belongs to the caller's transaction, after its writes to `destination_state`.
    public void write(Connection connection) throws SQLException {
        OffsetDateTime moment = at.atOffset(ZoneOffset.UTC);
        String platform = destination.platform().layerName();
        boolean valid = known == TokenStanding.Known.VALID;
        try (PreparedStatement statement = connection.prepareStatement("""
                with before as (
                    select id, access_token_valid valid, access_token_validated_at validated_at from layer
                    where project_id = ? and platform = ? and access_token_id is not null and updated_at <= ?
                      and (access_token_validated_at is null or access_token_validated_at < ?)
                    for update),
                kept as (
                    update layer l set access_token_valid = ?, access_token_validated_at = ?, check_refusals = 0
                    from before b where l.id = b.id)
                insert into audit_row (id, organization_id, event_type, occurred_at, actor, project_id, subject_type,
                    subject_id, data, mode)
                select gen_random_uuid(), p.organization_id, 'capi.token_validated', ?, 'system', p.id, 'layer',
                    'lyr_' || b.id, jsonb_build_object('platform', ?::text, 'valid', ?::boolean), p.mode
                from before b join project p on p.id = ?
                where b.valid <> ? or b.validated_at is null
                """)) {
            statement.setObject(1, destination.projectId());
            statement.setString(2, platform);
            statement.setObject(3, moment);
            statement.setObject(4, moment);
            statement.setBoolean(5, valid);
            statement.setObject(6, moment);
            statement.setObject(7, moment);
            statement.setString(8, platform);
            statement.setBoolean(9, valid);
            statement.setObject(10, destination.projectId());
            statement.setBoolean(11, valid);
            statement.executeUpdate();
        }
    }
}
