package dev.varve.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Latencies by what was read, of the same reads on little and on much data.
record Readings(Map<String, Reading> readings) {
    private static final double MOST = 50;
    private static final double RATIO = 2;
    /// Pages whose numbers of events differ by no more than this can be compared.
    private static final double ALIKE = 0.8;

    /// `items`: events in an answer, on average.
    private record Reading(LatencyHistogram latencies, double items) {
        double p50() {
            return latencies.millisAt(0.5);
        }

        double p99() {
            return latencies.millisAt(0.99);
        }
    }

    private record Growth(String name, Reading little, Reading much) {
        double ratio() {
            return much.p50() / little.p50();
        }

        boolean isComparable() {
            return little.items >= ALIKE * much.items;
        }

        Figure line() {
            return new Figure(
                    "  " + name,
                    String.format(
                            "p50 %.1f, p99 %.1f ms; of 1 %%: p50 %.1f (%.1fx%s)%s",
                            much.p50(), much.p99(), little.p50(), ratio(), fewerItems(), fewReads()),
                    "p99 < 50 ms",
                    much.p99() < MOST);
        }

        private String fewerItems() {
            return isComparable() ? "" : String.format(", %.0f events to %.0f", little.items, much.items);
        }

        /// A shape whose time was up before a hundred reads says so.
        private String fewReads() {
            long reads = much.latencies.count();
            return reads < PageReads.ENOUGH ? ", " + reads + " reads" : "";
        }
    }

    Readings() {
        this(new LinkedHashMap<>());
    }

    void add(String name, LatencyHistogram latencies, double items) {
        readings.put(name, new Reading(latencies, items));
    }

    /// A line for each, and for the reads that much data made slowest in proportion: of the pages with as many events
    /// on either, and of all.
    List<Figure> beside(Readings little) {
        List<Growth> all = readings.entrySet().stream()
                .map(entry -> new Growth(entry.getKey(), little.of(entry.getKey()), entry.getValue()))
                .toList();
        List<Figure> figures = new ArrayList<>(all.stream().map(Growth::line).toList());
        all.stream()
                .filter(Growth::isComparable)
                .max(Comparator.comparingDouble(Growth::ratio))
                .ifPresent(worst -> figures.add(new Figure(
                        "slowest p50 beside that of 1 %, same number of events",
                        described(worst), "< 2 times", worst.ratio() < RATIO)));
        all.stream()
                .filter(growth -> !growth.isComparable())
                .max(Comparator.comparingDouble(Growth::ratio))
                .ifPresent(
                        worst -> figures.add(Figure.context("  where 1 % has fewer events to show", described(worst))));
        return figures;
    }

    private static String described(Growth growth) {
        return String.format("%.1f times: %s", growth.ratio(), growth.name);
    }

    private Reading of(String name) {
        Reading read = readings.get(name);
        if (read == null) {
            throw new IllegalArgumentException(name + " was not read");
        }
        return read;
    }
}
