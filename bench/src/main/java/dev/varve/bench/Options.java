package dev.varve.bench;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What to measure. `seconds`: of each measurement, 0 = as long as is usual; `events`: of the outage that drains, or
/// those stored that are read.
record Options(String trial, int seconds, long events) {
    static final String USAGE =
            "Usage: ./varve bench [ingest|batches|relay|start|layout|isolation|query|all] [--seconds=N] [--events=N]\n"
                    + "mapping, latency, rush and drain measure one part of relay. query is no part of all: it stores\n"
                    + "10,000,000 events or those of --events first, which takes minutes and 25 GB of free disk.";

    /// The compiler of the server is busy for so long with what a new load runs into, on two cores that the
    /// load fills too. Servers run for weeks, so none of it belongs into what is measured.
    private static final Duration WARM_UP = Duration.ofSeconds(75);

    private static final long DRAINED = 1_000_000;
    private static final long STORED = 10_000_000;
    private static final long LEAST_STORED = 100_000;

    private static final Set<String> TRIALS = Set.of(
            "ingest",
            "batches",
            "relay",
            "mapping",
            "latency",
            "rush",
            "drain",
            "start",
            "layout",
            "isolation",
            "query",
            "all");
    private static final String APART = "query";
    /// The whole of which a trial is a part.
    private static final Map<String, String> WHOLES =
            Map.of("mapping", "relay", "latency", "relay", "rush", "relay", "drain", "relay");

    /// Empty when they make no sense.
    static Optional<Options> parse(String[] arguments) {
        String trial = "all";
        int seconds = 0;
        long events = 0;
        try {
            for (String argument : arguments) {
                if (argument.startsWith("--seconds=")) {
                    seconds = Integer.parseInt(argument.substring("--seconds=".length()));
                } else if (argument.startsWith("--events=")) {
                    events = positive(argument.substring("--events=".length()));
                } else if (TRIALS.contains(argument)) {
                    trial = argument;
                } else {
                    return Optional.empty();
                }
            }
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
        boolean isQuery = trial.equals(APART);
        if (events == 0) {
            events = isQuery ? STORED : DRAINED;
        }
        return seconds < 0 || events < (isQuery ? LEAST_STORED : 1)
                ? Optional.empty()
                : Optional.of(new Options(trial, seconds, events));
    }

    private static long positive(String number) {
        long value = Long.parseLong(number);
        if (value < 1) {
            throw new NumberFormatException(number);
        }
        return value;
    }

    boolean wants(String name) {
        return (trial.equals("all") && !name.equals(APART)) || trial.equals(name) || trial.equals(WHOLES.get(name));
    }

    /// For how long to offer a load before one measures for `duration` what becomes of it.
    static Duration warmUp(Duration duration) {
        return duration.compareTo(WARM_UP) < 0 ? duration : WARM_UP;
    }

    Duration lasting(int usual) {
        return Duration.ofSeconds(seconds == 0 ? usual : seconds);
    }
}
