package dev.varve.server.api;

import dev.varve.delivery.DeadLetters.Filter;
import dev.varve.delivery.DeadLetters.Period;
import dev.varve.event.Platform;
import dev.varve.identity.PersonalText;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/// Reads which dead letters are meant, from a query or a body.
final class DeadLetterFilters {
    private static final List<String> NAMES = List.of("platform", "reason", "appId", "eventNames", "since", "until");
    /// Of an empty filter nobody knows whether all is meant or nothing, so it is refused.
    private static final Fields.Text ANY = Fields.Text.length(1, 256);

    private static final Set<String> APPLE = Set.of("apple", "apple_ads");
    private static final String EXPECTED = "must be one of meta, tiktok, apple, meta_ads, tiktok_ads, apple_ads";

    private DeadLetterFilters() {}

    /// Problems are left in `query`.
    static Filter ofQuery(Query query, UUID projectId) {
        Query.Period period = query.period();
        List<String> platforms =
                query.eachParsed("platform", text -> Optional.of(text).filter(DeadLetterFilters::isPlatform), EXPECTED);
        return filter(
                projectId,
                platforms,
                query.text("reason"),
                query.text("appId"),
                query.eventNames(),
                new Period(period.since(), period.until()));
    }

    /// Apple gets no events, so it has no dead letters; a filter that names only Apple finds none.
    private static Filter filter(
            UUID projectId,
            List<String> platforms,
            Optional<String> reason,
            Optional<String> appId,
            Set<String> eventNames,
            Period period) {
        Set<Platform> relayed = platforms.stream()
                .flatMap(text -> Platform.parse(text).stream())
                .collect(Collectors.toSet());
        Filter filter = new Filter(projectId, relayed, reason, appId, eventNames, period);
        return relayed.isEmpty() && !platforms.isEmpty() ? filter.within(Instant.EPOCH, Instant.EPOCH) : filter;
    }

    private static boolean isPlatform(String text) {
        return APPLE.contains(text) || Platform.parse(text).isPresent();
    }

    /// Problems are left in `fields`, one for a member that is null among them: it would mean everything.
    static Filter ofBody(Fields fields, UUID projectId) {
        Query.Period period = new Query.Period(fields.time("since"), fields.time("until"));
        if (period.isReversed()) {
            fields.issue("since", period.order());
        }
        return filter(
                projectId,
                platform(fields),
                text(fields, "reason"),
                text(fields, "appId"),
                fields.texts("eventNames", List.of(), 50, ANY).stream()
                        .map(PersonalText::storedId)
                        .collect(Collectors.toSet()),
                new Period(period.since(), period.until()));
    }

    /// Which filters a body sets, for the audit trail.
    static List<String> named(Fields fields) {
        return NAMES.stream().filter(fields::has).toList();
    }

    private static Optional<String> text(Fields fields, String name) {
        return fields.has(name) ? Optional.of(fields.text(name, "", ANY)) : Optional.empty();
    }

    private static List<String> platform(Fields fields) {
        String text = fields.text("platform", "", ANY);
        if (text.isEmpty()) {
            return List.of();
        }
        if (!isPlatform(text)) {
            fields.issue("platform", EXPECTED + ", got " + ApiCall.shown(text));
        }
        return List.of(text);
    }
}
