package dev.varve.server.observe;

import dev.varve.component.CheckResult;
import dev.varve.component.Component;
import java.util.List;
import java.util.Set;

/// Asks every component how it is. `isWritable` false: events cannot be taken, so `/health` answers 503.
public record HealthReport(List<Line> components, boolean isWritable) {
    public record Line(String name, CheckResult result) {
        String status() {
            return switch (result) {
                case CheckResult.Passed _ -> "ok";
                case CheckResult.Degraded _ -> "degraded";
                case CheckResult.Failed _ -> "failing";
            };
        }
    }

    /// `essential`: names of the components without which nothing can be stored.
    public static HealthReport of(List<Component> components, Set<String> essential) {
        List<Line> lines =
                components.stream().map(c -> new Line(c.name(), c.check())).toList();
        boolean writable = lines.stream()
                .noneMatch(line -> essential.contains(line.name()) && line.result() instanceof CheckResult.Failed);
        return new HealthReport(lines, writable);
    }

    /// `ok` as long as events are taken; what else is not well stands with its component.
    String status() {
        return isWritable ? "ok" : "failing";
    }
}
