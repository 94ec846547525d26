package dev.varve.bench;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Function;

/// One way to ask for events: the filters, as a query string, for any project.
record ReadShape(String name, Function<Sample, String> filters) {
    /// What can be asked for in one project. `typicalUser` has a handful of events, `rareUser` one.
    record Sample(Market.Stall stall, String typicalUser, String rareUser) {
        String app(int number) {
            return stall.appIds().get(number);
        }
    }

    String path(Sample sample) {
        String asked = filters.apply(sample);
        return "/v1/projects/" + sample.stall().projectId() + "/events?" + asked + (asked.isEmpty() ? "" : "&");
    }

    /// Every filter that the list of events offers, and those that go together.
    static List<ReadShape> all(Instant now) {
        String old = between(now.minus(52, ChronoUnit.DAYS), now.minus(45, ChronoUnit.DAYS));
        String hour = between(
                now.minus(20, ChronoUnit.DAYS), now.minus(20, ChronoUnit.DAYS).plus(1, ChronoUnit.HOURS));
        return List.of(
                fixed("no filter", ""),
                new ReadShape("app, busy", s -> app(s, 0)),
                new ReadShape("app, quiet beside a busy one", s -> app(s, 2)),
                fixed("name, frequent", name(Names.FREQUENT)),
                fixed("name, rare", name(Names.RARE)),
                fixed("name, absent", name(Names.ABSENT)),
                fixed("ten names", name(String.join(",", Names.ten()))),
                new ReadShape("user, typical", s -> user(s.typicalUser())),
                new ReadShape("user, rare", s -> user(s.rareUser())),
                fixed("user, absent", user("nobody")),
                fixed("an old week", old),
                fixed("an hour", hour),
                fixed("with synthetic", "includeSynthetic=true"),
                new ReadShape("app and frequent name", s -> app(s, 0) + "&" + name(Names.FREQUENT)),
                new ReadShape("app and its sibling's name", s -> app(s, 0) + "&" + name(Names.OF_SIBLING)),
                new ReadShape("app and user", s -> app(s, 0) + "&" + user(s.typicalUser())),
                new ReadShape("user and name", s -> user(s.typicalUser()) + "&" + name(Names.FREQUENT)),
                new ReadShape("rare name and an old week", s -> name(Names.RARE) + "&" + old));
    }

    private static ReadShape fixed(String name, String filters) {
        return new ReadShape(name, sample -> filters);
    }

    private static String app(Sample sample, int number) {
        return "appId=" + sample.app(number);
    }

    private static String name(String names) {
        return "eventNames=" + names;
    }

    private static String user(String user) {
        return "userId=" + user;
    }

    private static String between(Instant since, Instant until) {
        return "since=" + since.truncatedTo(ChronoUnit.HOURS) + "&until=" + until.truncatedTo(ChronoUnit.HOURS);
    }
}
