package dev.varve.store.postgres.erasure;

import dev.varve.identity.Profiles.Subject;
import dev.varve.store.postgres.erasure.SubjectEvents.Found;
import dev.varve.store.postgres.erasure.SubjectEvents.Place;
import dev.varve.store.postgres.log.EventStanding;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/// Removes what is stored of one user or install of a project, beside servers that run. In short transactions of a
/// bounded number of events each: an erasure that was interrupted is finished by the next one. Used once.
public final class Erasure {
    private static final int EVENTS_AT_A_TIME = 1_000;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);
    private static final int TRIES = 5;

    private final Jdbi jdbi;
    private final Subject subject;
    private final InstantSource clock;
    private final SubjectEvents events;
    private final Tally erased = new Tally();
    private long left;

    /// `subject`: its id as it is stored.
    public Erasure(Jdbi jdbi, Subject subject, InstantSource clock) {
        this.jdbi = jdbi;
        this.subject = subject;
        this.clock = clock;
        this.events = new SubjectEvents(subject);
    }

    /// `rows`: of every kind, how many. `left`: events that were not removed, because a server is planning them.
    public record Outcome(Map<ErasedKind, Long> rows, long left) {
        public Outcome {
            rows = Map.copyOf(rows);
        }
    }

    /// What `erase` would remove. Changes nothing.
    public Outcome count() {
        Tally tally = new Tally();
        for (Place place : jdbi.withHandle(handle -> events.places(handle, clock.instant()))) {
            Found last = null;
            do {
                Found after = last;
                last = jdbi.withHandle(handle -> {
                    List<Found> found = events.in(handle, place, after, EVENTS_AT_A_TIME);
                    if (!found.isEmpty()) {
                        tally.add(new EventRemoval(handle, subject, found).count());
                    }
                    return lastOf(found);
                });
            } while (last != null);
        }
        tally.add(jdbi.withHandle(handle -> new PersonRemoval(handle, subject).count()));
        return new Outcome(tally.rows, 0);
    }

    /// Waits for at most `patience` for events that a server is planning. What arrives meanwhile may be left out.
    public Outcome erase(Duration patience) throws InterruptedException {
        Instant end = clock.instant().plus(patience);
        List<Place> places = jdbi.withHandle(handle -> events.places(handle, clock.instant()));
        while (!places.isEmpty()) {
            left = 0;
            List<Place> again = new ArrayList<>();
            for (Place place : places) {
                long inHand = erase(place);
                left += inHand;
                if (inHand > 0) {
                    again.add(place);
                }
            }
            if (!clock.instant().isBefore(end)) {
                break;
            }
            places = again;
            if (!places.isEmpty()) {
                Thread.sleep(LOOK_AGAIN);
            }
        }
        erased.add(inTransaction(handle -> new PersonRemoval(handle, subject).remove()));
        int orphans = inTransaction(handle -> new PersonRemoval(handle, subject).removeOrphans());
        erased.add(Map.of(ErasedKind.DEAD_LETTERS, (long) orphans));
        return soFar();
    }

    /// What `erase` has removed, also when it failed half-way.
    public Outcome soFar() {
        return new Outcome(erased.rows, left);
    }

    /// Answers how many events stay, because somebody is planning them.
    private long erase(Place place) {
        long inHand = 0;
        Step step = new Step(null, Map.of(), 0);
        do {
            Found after = step.last();
            step = inTransaction(handle -> step(handle, place, after));
            erased.add(step.rows());
            inHand += step.inHand();
        } while (step.last() != null);
        return inHand;
    }

    /// `last` null: there are no more events.
    private record Step(@Nullable Found last, Map<ErasedKind, Long> rows, long inHand) {}

    private Step step(Handle handle, Place place, @Nullable Found after) {
        List<Found> found = events.in(handle, place, after, EVENTS_AT_A_TIME);
        Map<Long, EventStanding> standings =
                EventStanding.of(handle, found.stream().map(Found::offset).toList());
        List<Found> free = found.stream()
                .filter(event -> standings.get(event.offset()) != EventStanding.IN_HAND)
                .toList();
        List<Found> unread = free.stream()
                .filter(event -> standings.get(event.offset()) == EventStanding.UNREAD)
                .toList();
        Map<ErasedKind, Long> rows = free.isEmpty() ? Map.of() : new EventRemoval(handle, subject, free).remove(unread);
        return new Step(lastOf(found), rows, found.size() - free.size());
    }

    private static @Nullable Found lastOf(List<Found> found) {
        return found.size() < EVENTS_AT_A_TIME ? null : found.getLast();
    }

    /// The relay writes the same rows in an order of its own; one of two that wait for each other is told to try again.
    private <T> T inTransaction(Function<Handle, T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return jdbi.inTransaction(work::apply);
            } catch (JdbiException e) {
                if (attempt == TRIES || !isDeadlock(e)) {
                    throw e;
                }
            }
        }
    }

    private static boolean isDeadlock(JdbiException e) {
        return Stream.<Throwable>iterate(e, Objects::nonNull, Throwable::getCause)
                .anyMatch(cause -> cause instanceof SQLException sql && "40P01".equals(sql.getSQLState()));
    }

    private static final class Tally {
        final Map<ErasedKind, Long> rows = new EnumMap<>(ErasedKind.class);

        Tally() {
            for (ErasedKind kind : ErasedKind.values()) {
                rows.put(kind, 0L);
            }
        }

        void add(Map<ErasedKind, Long> more) {
            more.forEach((kind, count) -> rows.merge(kind, count, Long::sum));
        }
    }
}
