package dev.varve.store.postgres.replay;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.texts;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.delivery.DeadLetters;
import dev.varve.event.Platform;
import dev.varve.store.postgres.ShownTime;
import java.time.Instant;
import java.util.Set;
import org.jdbi.v3.core.statement.SqlStatement;

/// The condition of a filter on `dead_letter d`. Probe events are in nobody's list.
final class DeadLetterFilter {
    static final String MATCHES = """
            d.project_id = :project and not d.synthetic and d.occurred_at >= :since and d.occurred_at < :until
              and d.platform = any(cast(:platforms as smallint[])) and (:reason::text is null or d.reason = :reason)
              and (:app::text is null or d.app_id = :app) and (cardinality(:names) = 0 or d.event_name = any(:names))""";

    private DeadLetterFilter() {}

    static <S extends SqlStatement<S>> S bind(S statement, DeadLetters.Filter filter) {
        Set<Platform> platforms = filter.platforms().isEmpty() ? Set.of(Platform.values()) : filter.platforms();
        return statement
                .bind("project", uuid(filter.projectId()))
                .bind("since", at(filter.period().since().map(ShownTime::from).orElse(Instant.MIN)))
                .bind("until", at(filter.period().until().map(ShownTime::from).orElse(Instant.MAX)))
                .bindArray(
                        "platforms",
                        Integer.class,
                        platforms.stream().map(Platform::ordinal).toArray())
                .bind("reason", filter.reason().orElse(null))
                .bind("app", filter.appId().orElse(null))
                .bind("names", texts(filter.eventNames()));
    }
}
