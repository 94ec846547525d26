package dev.varve.server.conformance;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;

/// The table at the end, one line per file and one for all.
record Summary(Map<String, Tally> tallies) {
    void print(PrintStream out) {
        int width = tallies.keySet().stream().mapToInt(String::length).max().orElse(0);
        String format = "%-" + Math.max(width, 5) + "s %7s %7s %10s %11s%n";
        out.println();
        out.printf(Locale.ROOT, format, "file", "passed", "failed", "contested", "ill-formed");
        Tally all = Tally.NONE;
        for (Map.Entry<String, Tally> entry : tallies.entrySet()) {
            print(out, format, entry.getKey(), entry.getValue());
            all = all.plus(entry.getValue());
        }
        print(out, format, "total", all);
    }

    private static void print(PrintStream out, String format, String name, Tally tally) {
        out.printf(Locale.ROOT, format, name, tally.passed(), tally.failed(), tally.contested(), tally.illFormed());
    }
}
