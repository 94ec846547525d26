package dev.varve.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Runs `MappingBenchmark` with JMH: one thread, a JVM of its own for each figure, with the flags of the server. Rates
/// are per second of processor time.
final class MappingRate {
    private static final int TARGET = 60_000;

    private MappingRate() {}

    /// `seconds`: of measuring for each figure, after as long to warm up.
    static List<Figure> measure(Path root, int seconds) throws IOException {
        Map<String, Double> rates = run(root, seconds);
        double hashing = rates.getOrDefault("collect", 0.0);
        List<Figure> figures = new ArrayList<>();
        figures.add(Figure.context(
                "reading and hashing at ingest, raw personal data (JMH)",
                String.format("%,.0f events/s per core", hashing)));
        for (String platform : List.of("meta", "tiktok")) {
            double mapping = rates.getOrDefault(platform, 0.0);
            figures.add(new Figure(
                    "mapping and serialising for " + platform + " (JMH)",
                    String.format("%,.0f events/s per core", mapping),
                    String.format(">= %,d events/s per core", TARGET),
                    mapping >= TARGET));
            figures.add(Figure.context(
                    "  both together, one after the other",
                    String.format("%,.0f events/s per core", 1 / (1 / mapping + 1 / hashing))));
        }
        return figures;
    }

    private static Map<String, Double> run(Path root, int seconds) throws IOException {
        Options options = new OptionsBuilder()
                .include(MappingBenchmark.class.getName())
                .forks(1)
                .threads(1)
                .warmupIterations(seconds)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(seconds)
                .measurementTime(TimeValue.seconds(1))
                .jvmArgs(Program.javaFlags(root).toArray(String[]::new))
                .verbosity(VerboseMode.SILENT)
                .build();
        Map<String, Double> rates = new HashMap<>();
        try {
            for (RunResult result : new Runner(options).run()) {
                double share =
                        Objects.requireNonNull(result.getSecondaryResults().get("nanos"))
                                        .getScore()
                                / 1e9;
                rates.put(
                        result.getPrimaryResult().getLabel(),
                        result.getPrimaryResult().getScore() / share);
            }
        } catch (RunnerException e) {
            throw new IOException("JMH could not measure", e);
        }
        return rates;
    }
}
