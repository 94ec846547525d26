package dev.varve.health;

import dev.varve.health.DriftFinding.Kind;
import dev.varve.health.DriftFinding.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Compares the newest events of a name in an environment with those of the week before them. What is new is
/// no drift; what was always there and is gone, or has another type, is. Pure; whoever asks again gets the
/// present answer, so a finding closes when new events are well or the week has learned their shape.
public final class SchemaDrift {
    /// What is learned from.
    public static final Duration WINDOW = Duration.ofDays(7);
    /// A baseline of fewer events says nothing, nor does a sample of fewer.
    public static final int LEAST_BASELINE = 100;

    public static final int LEAST_SAMPLE = 20;
    /// So far back the sample reaches when that is more than the least.
    static final Duration RECENT = Duration.ofMinutes(10);

    private final Subject subject;
    private final ObservedShapes shapes;

    private SchemaDrift(Subject subject, ObservedShapes shapes) {
        this.subject = subject;
        this.shapes = shapes;
    }

    /// How many of an event name's events belong to the newest sample.
    ///
    /// @param arrivals newest first
    public static int sampleSize(List<Instant> arrivals, Instant now) {
        Instant from = now.minus(RECENT);
        int recent = (int)
                arrivals.stream().takeWhile(arrival -> !arrival.isBefore(from)).count();
        return Math.min(arrivals.size(), Math.max(LEAST_SAMPLE, recent));
    }

    /// Ordered by property, then kind.
    public static List<DriftFinding> open(String eventName, Optional<String> environment, ObservedShapes shapes) {
        if (shapes.baseline() < LEAST_BASELINE || shapes.events() - shapes.baseline() < LEAST_SAMPLE) {
            return List.of();
        }
        List<DriftFinding> findings = new ArrayList<>();
        for (String property : shapes.properties()) {
            new SchemaDrift(new Subject(eventName, environment, property), shapes).addTo(findings);
        }
        return findings;
    }

    private void addTo(List<DriftFinding> findings) {
        Tally before = tally(0, shapes.baseline());
        Tally now = tally(shapes.baseline(), shapes.events());
        if (!isNearlyAll(before.present(), before.events)) {
            return;
        }
        if (isHalf(now.events - now.present(), now.events)) {
            findings.add(new DriftFinding(
                    subject, Kind.MISSING, before.shape(), now.shape(), since(Kind.MISSING, Optional.empty())));
        }
        Optional<PropertyType> type = before.commonest();
        if (isNearlyAll(before.of(type), before.present()) && hasOthers(now, type)) {
            findings.add(new DriftFinding(
                    subject,
                    Kind.TYPE_CHANGED,
                    before.shape(),
                    new DriftFinding.Shape(now.events, now.present(), now.commonestBut(type)),
                    since(Kind.TYPE_CHANGED, type)));
        }
    }

    private static boolean isNearlyAll(int part, int whole) {
        return part * 100L >= whole * 95L;
    }

    private static boolean isHalf(int part, int whole) {
        return part * 2L >= whole;
    }

    private static boolean hasOthers(Tally tally, Optional<PropertyType> type) {
        return tally.present() > 0 && isHalf(tally.present() - tally.of(type), tally.present());
    }

    private Tally tally(int from, int until) {
        Tally tally = new Tally(until - from);
        for (int i = from; i < until; i++) {
            shapes.type(i, subject.property()).ifPresent(type -> tally.byType[type.ordinal()]++);
        }
        return tally;
    }

    /// Goes back from the sample as long as the finding holds in every run of events as long as the least
    /// sample: old and new versions of an app send in turns, so one good event ends nothing.
    private Instant since(Kind kind, Optional<PropertyType> type) {
        int from = shapes.baseline();
        while (from > 0 && holds(kind, type, tally(from - 1, Math.min(from - 1 + LEAST_SAMPLE, shapes.events())))) {
            from--;
        }
        while (!holds(kind, type, tally(from, from + 1))) {
            from++;
        }
        return shapes.arrival(from);
    }

    private static boolean holds(Kind kind, Optional<PropertyType> type, Tally tally) {
        return switch (kind) {
            case MISSING -> isHalf(tally.events - tally.present(), tally.events);
            case TYPE_CHANGED -> hasOthers(tally, type);
        };
    }

    /// Counts of one property's types in a part of the events.
    private static final class Tally {
        private final int events;
        private final int[] byType = new int[PropertyType.values().length];

        Tally(int events) {
            this.events = events;
        }

        int present() {
            int sum = 0;
            for (int count : byType) {
                sum += count;
            }
            return sum;
        }

        int of(Optional<PropertyType> type) {
            return type.map(one -> byType[one.ordinal()]).orElse(0);
        }

        Optional<PropertyType> commonest() {
            return commonestBut(Optional.empty());
        }

        /// Of two that are equally common, the first of the enum.
        Optional<PropertyType> commonestBut(Optional<PropertyType> left) {
            Optional<PropertyType> commonest = Optional.empty();
            for (PropertyType type : PropertyType.values()) {
                boolean isLeft = left.filter(type::equals).isPresent();
                if (!isLeft && byType[type.ordinal()] > of(commonest)) {
                    commonest = Optional.of(type);
                }
            }
            return commonest;
        }

        DriftFinding.Shape shape() {
            return new DriftFinding.Shape(events, present(), commonest());
        }
    }
}
