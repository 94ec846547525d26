package dev.varve.server.conformance;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Runs a folder of neutral cases through the real mapping and prints what passed, failed or is contested.
public final class Conformance {
    public static final int ALL_PASSED = 0;
    /// A case of tier A failed, or one could not be read.
    public static final int SOME_FAILED = 1;
    /// There was nothing to run.
    public static final int UNREADABLE = 2;

    private final CasePath path = new CasePath();
    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, Tally> tallies = new LinkedHashMap<>();

    public Conformance(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /// The exit code.
    public int run(Path folder) {
        List<Path> files;
        try (Stream<Path> entries = Files.list(folder)) {
            files = entries.filter(file -> file.toString().endsWith(".json") && Files.isRegularFile(file))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return unreadable("The folder " + folder + " cannot be read.");
        }
        files.forEach(this::runFile);
        if (tallies.isEmpty()) {
            return unreadable("The folder " + folder + " holds no file of conformance cases.");
        }
        new Summary(tallies).print(out);
        boolean isGood = tallies.values().stream().allMatch(tally -> tally.failed() + tally.illFormed() == 0);
        return isGood ? ALL_PASSED : SOME_FAILED;
    }

    private int unreadable(String sentence) {
        err.println("varve: " + sentence);
        return UNREADABLE;
    }

    private void runFile(Path file) {
        String name = String.valueOf(file.getFileName());
        switch (CaseFile.read(file)) {
            case CaseFile.Foreign(String reason) -> out.println(name + ": skipped, " + reason);
            case CaseFile.Readable(List<CaseReading> readings) -> tallies.put(name, runCases(name, readings));
        }
    }

    private Tally runCases(String name, List<CaseReading> readings) {
        out.println(name);
        List<Verdict> verdicts = new ArrayList<>();
        TreeSet<String> configured = new TreeSet<>();
        for (CaseReading reading : readings) {
            Verdict verdict = verdict(reading, configured);
            verdicts.add(verdict);
            verdict.line().forEach(line -> out.println("  " + line));
        }
        if (!configured.isEmpty()) {
            out.println("  Names of no vocabulary, mapped with the layer's eventMap: " + String.join(", ", configured));
        }
        return Tally.of(verdicts);
    }

    private Verdict verdict(CaseReading reading, TreeSet<String> configured) {
        return switch (reading) {
            case CaseReading.IllFormed(String id, String reason) -> new Verdict.IllFormed(id, reason);
            case CaseReading.Usable(Case one) -> verdict(one, configured);
        };
    }

    /// A case on which our own code breaks is a case that failed; the others still run.
    private Verdict verdict(Case one, TreeSet<String> configured) {
        try {
            CasePath.Result result = path.follow(one);
            String entry = result.configured();
            if (entry != null) {
                configured.add(entry);
            }
            return Verdict.of(one, Expectations.differences(one, result.sending()));
        } catch (RuntimeException e) {
            return new Verdict.Failed(one.id(), List.of("it broke: " + e));
        }
    }
}
