package dev.varve.store.postgres.timeline;

import static dev.varve.store.postgres.tenant.Columns.at;
import static dev.varve.store.postgres.tenant.Columns.instant;
import static dev.varve.store.postgres.tenant.Columns.uuid;

import dev.varve.event.Platform;
import dev.varve.health.CapiFacts;
import dev.varve.health.CapiWarning;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/// What somebody should look at. Requests and dead letters are read only when the facts say that there is something to
/// find.
record SelectWarnings(Handle handle, UUID projectId, StatusRow row) {
    private static final Duration CODE_LEFT = Duration.ofHours(24);
    private static final Duration REFUSED_LONG = Duration.ofMinutes(10);
    private static final int MANY_TOO_OLD = 20;

    List<CapiWarning> read(CapiFacts facts, Instant now) {
        List<CapiWarning> warnings = new ArrayList<>();
        if (!facts.configuration().enabled()) {
            return warnings;
        }
        ofConfiguration(warnings, now);
        if (facts.counts().attempts15m() > 0
                && facts.counts().failedAttempts15m() >= facts.counts().attempts15m()) {
            sameRefusal(now).ifPresent(warnings::add);
        }
        if (row.platform() == Platform.TIKTOK && facts.deadLetters() >= MANY_TOO_OLD) {
            tooOld(now).ifPresent(warnings::add);
        }
        return warnings;
    }

    private void ofConfiguration(List<CapiWarning> warnings, Instant now) {
        Instant codeSince = row.hints().testEventCodeSince();
        if (codeSince != null && !codeSince.plus(CODE_LEFT).isAfter(now)) {
            String message =
                    "a test event code stands on the layer for more than a day; remove it when testing is over";
            warnings.add(new CapiWarning("test_event_code_left_on", message, codeSince));
        }
        Instant unreadableSince = row.hints().unreadableSince();
        if (unreadableSince != null) {
            String reason = row.hints().unreadableReason();
            warnings.add(new CapiWarning("statistics_unreadable", unreadable(reason), unreadableSince));
        }
    }

    private static String unreadable(@Nullable String reason) {
        return "the platform's own counts cannot be read, so what it acknowledged is shown: "
                + Objects.requireNonNullElse(reason, "no reason given");
    }

    /// The newest requests in a row that were refused with one and the same code, when they reach back far enough.
    private Optional<CapiWarning> sameRefusal(Instant now) {
        return query("""
                        with newest as (
                            select platform_code code from delivery_request
                            where project_id = :project and platform = :platform and at > :hourAgo
                            order by at desc limit 1),
                        other as (
                            select at from delivery_request, newest
                            where project_id = :project and platform = :platform and at > :hourAgo
                              and (platform_code is distinct from newest.code
                                  or outcome not in ('rejected', 'auth_failed'))
                            order by at desc limit 1)
                        select newest.code, min(r.at) since from newest, delivery_request r
                        where r.project_id = :project and r.platform = :platform and newest.code is not null
                          and r.at > coalesce((select at from other), :hourAgo)
                        group by newest.code""")
                .bind("hourAgo", at(now.minus(Duration.ofHours(1))))
                .map((found, context) -> new CapiWarning(
                        "same_refusal_everywhere",
                        row.platform().title() + " refuses every request with the same code, " + found.getInt("code"),
                        instant(found, "since")))
                .findOne()
                .filter(warning -> !warning.since().plus(REFUSED_LONG).isAfter(now));
    }

    private Optional<CapiWarning> tooOld(Instant now) {
        return query("""
                        select count(*) refused, min(last_failed_at) since,
                            floor(extract(epoch from min(last_failed_at - occurred_at)) / 3600)::bigint hours
                        from dead_letter
                        where project_id = :project and platform = :platform and reason = 'too_old'
                          and last_failed_at > :hourAgo
                        having count(*) >= :many""")
                .bind("hourAgo", at(now.minus(Duration.ofHours(1))))
                .bind("many", MANY_TOO_OLD)
                .map((found, context) -> new CapiWarning(
                        "events_too_old",
                        "TikTok refused " + found.getLong("refused")
                                + " events of the last hour for their age; the youngest was " + found.getLong("hours")
                                + " hours old",
                        instant(found, "since")))
                .findOne();
    }

    private Query query(String sql) {
        return handle.createQuery(sql)
                .bind("project", uuid(projectId))
                .bind("platform", row.platform().ordinal());
    }
}
