package dev.varve.bench;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What to measure. `seconds`: of each measurement, 0 = as long as is usual; `events`: of the outage that drains.
record Options(String trial, int seconds, long events) {
    static final String USAGE =
            "Usage: ./varve bench [ingest|batches|relay|start|layout|isolation|all] [--seconds=N] [--events=N]\n"
                    + "mapping, latency, rush and drain measure one part of relay.";

    private static final Set<String> TRIALS = Set.of(
            "ingest", "batches", "relay", "mapping", "latency", "rush", "drain", "start", "layout", "isolation", "all");
    /// The whole of which a trial is a part.
    private static final Map<String, String> WHOLES =
            Map.of("mapping", "relay", "latency", "relay", "rush", "relay", "drain", "relay");

    /// Empty when they make no sense.
    static Optional<Options> parse(String[] arguments) {
        String trial = "all";
        int seconds = 0;
        long events = 1_000_000;
        try {
            for (String argument : arguments) {
                if (argument.startsWith("--seconds=")) {
                    seconds = Integer.parseInt(argument.substring("--seconds=".length()));
                } else if (argument.startsWith("--events=")) {
                    events = Long.parseLong(argument.substring("--events=".length()));
                } else if (TRIALS.contains(argument)) {
                    trial = argument;
                } else {
                    return Optional.empty();
                }
            }
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
        return seconds < 0 || events < 1 ? Optional.empty() : Optional.of(new Options(trial, seconds, events));
    }

    boolean wants(String name) {
        return trial.equals("all") || trial.equals(name) || trial.equals(WHOLES.get(name));
    }

    Duration lasting(int usual) {
        return Duration.ofSeconds(seconds == 0 ? usual : seconds);
    }
}
