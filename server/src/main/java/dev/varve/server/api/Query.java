package dev.varve.server.api;

import dev.varve.event.Platform;
import dev.varve.identity.PersonalText;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ApiException.Issue;
import dev.varve.tenant.PrefixedId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Reads the parameters of a query one by one and collects every problem, as `Fields` does with a body. A parameter
/// that is absent or bad reads as its fallback; call `finish` before using what was read.
final class Query {
    private static final int MOST_EVENT_NAMES = 50;

    private final ApiCall call;
    private final List<Issue> issues = new ArrayList<>();

    private Query(ApiCall call) {
        this.call = call;
    }

    static Query of(ApiCall call) {
        return new Query(call);
    }

    /// Any text will do.
    Optional<String> text(String name) {
        return call.query(name);
    }

    /// What `parser` makes of the text; `expected` says what it takes.
    <T> Optional<T> parsed(String name, Function<String, Optional<T>> parser, String expected) {
        return text(name).flatMap(given -> parsed(name, given, parser, expected));
    }

    /// The same of every item of a list, without those that are bad.
    <T> List<T> eachParsed(String name, Function<String, Optional<T>> parser, String expected) {
        return call.queryList(name).stream()
                .flatMap(given -> parsed(name, given, parser, expected).stream())
                .toList();
    }

    private <T> Optional<T> parsed(String name, String given, Function<String, Optional<T>> parser, String expected) {
        Optional<T> value = parser.apply(given);
        if (value.isEmpty()) {
            issue(name, expected + ", got " + ApiCall.shown(given));
        }
        return value;
    }

    /// Whatever came, the message is the same: clients know it from paths.
    Optional<UUID> id(String name, PrefixedId form) {
        Optional<String> given = text(name);
        Optional<UUID> id = given.flatMap(form::parse);
        if (given.isPresent() && id.isEmpty()) {
            issue(name, PathIds.noUuid(name));
        }
        return id;
    }

    Optional<Instant> time(String name) {
        return parsed(name, given -> ApiTime.parse(given.replace(' ', '+')), ApiTime.EXPECTED);
    }

    /// Absent: false.
    boolean flag(String name) {
        return parsed(
                        name,
                        given -> switch (given) {
                            case "true" -> Optional.of(true);
                            case "false" -> Optional.of(false);
                            default -> Optional.empty();
                        },
                        "must be true or false")
                .orElse(false);
    }

    int limit(int fallback, int max) {
        return parsed("limit", given -> limit(given, max), "must be an integer from 1 to " + max)
                .orElse(fallback);
    }

    private static Optional<Integer> limit(String given, int max) {
        return Optional.of(given)
                .filter(text -> text.matches("[0-9]{1,6}"))
                .map(Integer::valueOf)
                .filter(limit -> limit >= 1 && limit <= max);
    }

    /// The platforms of a list parameter, all when it names none.
    Set<Platform> platforms(String name) {
        Set<Platform> platforms = EnumSet.noneOf(Platform.class);
        platforms.addAll(eachParsed(name, Platform::parse, "must be one of meta_ads, tiktok_ads"));
        return platforms.isEmpty() ? EnumSet.allOf(Platform.class) : platforms;
    }

    /// The event names of the parameter `eventNames`, as ingest stores them; empty: all.
    Set<String> eventNames() {
        List<String> names = call.queryList("eventNames");
        if (names.size() > MOST_EVENT_NAMES) {
            issue("eventNames", "at most " + MOST_EVENT_NAMES + " names, got " + names.size());
        }
        return names.stream().map(PersonalText::storedId).collect(Collectors.toUnmodifiableSet());
    }

    /// `since` inclusive, `until` exclusive.
    record Period(Optional<Instant> since, Optional<Instant> until) {
        boolean isReversed() {
            return since.isPresent() && until.isPresent() && since.get().isAfter(until.get());
        }

        /// What is wrong with one that is reversed.
        String order() {
            return "must not be later than until, " + Json.time(until.orElseThrow()) + ", got "
                    + Json.time(since.orElseThrow());
        }
    }

    /// Between the parameters `since` and `until`. A reversed one is a mistake that an empty list would hide.
    Period period() {
        Period period = new Period(time("since"), time("until"));
        if (period.isReversed()) {
            issue("since", period.order());
        }
        return period;
    }

    /// Where the page before ended; `reader` gives nothing for what no item of this list can have made.
    <T> Optional<T> cursor(String list, Function<Cursor, Optional<T>> reader) {
        Optional<String> given = text("cursor");
        Optional<T> position = given.flatMap(text -> Cursor.decode(list, text)).flatMap(reader);
        if (given.isPresent() && position.isEmpty()) {
            issue("cursor", "is not a cursor of this list");
        }
        return position;
    }

    void issue(String name, String message) {
        issues.add(new Issue(name, message));
    }

    /// @throws ApiException 422 with every problem found
    void finish() {
        if (!issues.isEmpty()) {
            throw ApiException.invalid(issues);
        }
    }
}
