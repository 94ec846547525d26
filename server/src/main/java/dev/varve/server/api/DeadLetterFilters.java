package dev.varve.server.api;

import dev.varve.delivery.DeadLetters.Filter;
import dev.varve.delivery.DeadLetters.Period;
import dev.varve.event.Platform;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Reads which dead letters are meant, from a query or a body.
final class DeadLetterFilters {
    private static final List<String> NAMES = List.of("platform", "reason", "appId", "eventNames", "since", "until");
    /// Of an empty filter nobody knows whether all is meant or nothing, so it is refused.
    private static final Fields.Text ANY = Fields.Text.length(1, 256);

    private DeadLetterFilters() {}

    /// Problems are left in `query`.
    static Filter ofQuery(Query query, UUID projectId) {
        Period period = new Period(query.time("since"), query.time("until"));
        if (isReversed(period)) {
            query.issue("since", order(period));
        }
        return new Filter(
                projectId,
                query.platforms("platform"),
                query.text("reason"),
                query.text("appId"),
                query.eventNames(),
                period);
    }

    /// Problems are left in `fields`, one for a member that is null among them: it would mean everything.
    static Filter ofBody(Fields fields, UUID projectId) {
        Period period = new Period(fields.time("since"), fields.time("until"));
        if (isReversed(period)) {
            fields.issue("since", order(period));
        }
        return new Filter(
                projectId,
                platform(fields).map(Set::of).orElse(Set.of()),
                text(fields, "reason"),
                text(fields, "appId"),
                Set.copyOf(fields.texts("eventNames", List.of(), 50, ANY)),
                period);
    }

    /// Which filters a body sets, for the audit trail.
    static List<String> named(Fields fields) {
        return NAMES.stream().filter(fields::has).toList();
    }

    private static Optional<String> text(Fields fields, String name) {
        return fields.has(name) ? Optional.of(fields.text(name, "", ANY)) : Optional.empty();
    }

    private static Optional<Platform> platform(Fields fields) {
        String text = fields.text("platform", "", ANY);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<Platform> platform = Platform.parse(text);
        if (platform.isEmpty()) {
            fields.issue("platform", "must be one of meta, tiktok, got " + ApiCall.shown(text));
        }
        return platform;
    }

    private static String order(Period period) {
        return "must be earlier than until, " + Json.time(period.until().orElseThrow()) + ", got "
                + Json.time(period.since().orElseThrow());
    }

    private static boolean isReversed(Period period) {
        return period.since().isPresent()
                && period.until().isPresent()
                && !period.since().get().isBefore(period.until().get());
    }
}
