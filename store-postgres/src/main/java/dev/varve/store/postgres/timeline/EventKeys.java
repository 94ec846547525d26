package dev.varve.store.postgres.timeline;

import dev.varve.health.Timeline.Filter;
import java.util.Collection;
import java.util.List;

/// What to look for in one of the indexes that hold events in order of time: a list of apps, of names of an app, or a
/// user. Which index serves a filter follows from the filter alone.
///
/// @param apps one for each key
/// @param names as many as apps; empty texts where the index is not that of names
record EventKeys(Index index, List<String> apps, List<String> names) {
    /// The condition names the expressions of one index and of no other, so that the planner cannot take another.
    enum Index {
        APP("hashtextextended(e.app_id, 0) = hashtextextended(k.app, 0) and e.app_id = k.app"),
        NAME("""
                hashtext(e.app_id) = hashtext(k.app) and hashtext(e.name) = hashtext(k.name)
                and e.app_id = k.app and e.name = k.name"""),
        USER("""
                hashtextextended(e.user_id, uuid_hash_extended(e.project_id, 0))
                    = hashtextextended(:user, uuid_hash_extended(:project, 0)) and e.user_id = :user""");

        final String condition;

        Index(String condition) {
            this.condition = condition;
        }
    }

    EventKeys {
        apps = List.copyOf(apps);
        names = List.copyOf(names);
    }

    /// @param apps those of the project, or the one that is asked for
    static EventKeys of(Filter filter, List<String> apps) {
        if (filter.userId().isPresent()) {
            return new EventKeys(Index.USER, apps.isEmpty() ? List.of() : List.of(""), List.of(""));
        }
        return filter.names().isEmpty() ? ofApps(apps) : ofNames(apps, filter.names());
    }

    static EventKeys ofApps(List<String> apps) {
        return new EventKeys(Index.APP, apps, apps.stream().map(app -> "").toList());
    }

    static EventKeys ofNames(List<String> apps, Collection<String> names) {
        return new EventKeys(
                Index.NAME,
                apps.stream().flatMap(app -> names.stream().map(name -> app)).toList(),
                apps.stream().flatMap(app -> names.stream()).toList());
    }

    /// Those with these numbers.
    EventKeys only(List<Integer> numbers) {
        return new EventKeys(
                index,
                numbers.stream().map(apps::get).toList(),
                numbers.stream().map(names::get).toList());
    }

    int size() {
        return apps.size();
    }
}
