package dev.varve.server.conformance;

import java.util.List;

/// How many cases went which way.
record Tally(int passed, int failed, int contested, int illFormed) {
    static final Tally NONE = new Tally(0, 0, 0, 0);

    static Tally of(List<Verdict> verdicts) {
        Tally tally = NONE;
        for (Verdict verdict : verdicts) {
            tally = switch (verdict) {
                case Verdict.Passed _ -> tally.plus(new Tally(1, 0, 0, 0));
                case Verdict.Failed _ -> tally.plus(new Tally(0, 1, 0, 0));
                case Verdict.Contested _ -> tally.plus(new Tally(0, 0, 1, 0));
                case Verdict.IllFormed _ -> tally.plus(new Tally(0, 0, 0, 1));
            };
        }
        return tally;
    }

    Tally plus(Tally other) {
        return new Tally(
                passed + other.passed, failed + other.failed, contested + other.contested, illFormed + other.illFormed);
    }
}
