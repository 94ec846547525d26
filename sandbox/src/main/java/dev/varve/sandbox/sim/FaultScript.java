package dev.varve.sandbox.sim;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The faults that are switched on, in the order they were posted. On one request the first main fault that matches
/// strikes, and every matching decoration with it. Thread-safe.
public final class FaultScript {
    private static final int MAX_RULES = 1_000;

    /// `method` and `pathPrefix` empty: any. `fromRequest`: strikes from the n-th matching request on. `times`
    /// null: until cleared.
    public record Rule(
            FaultKind kind,
            String method,
            String pathPrefix,
            int fromRequest,
            @Nullable Integer times,
            JsonNode params) {
        boolean matches(Incoming in) {
            return (method.isEmpty() || method.equalsIgnoreCase(in.method()))
                    && in.path().startsWith(pathPrefix);
        }
    }

    /// A fault that strikes the present request.
    public record Fault(FaultKind kind, JsonNode params) {
        public int number(String name, int otherwise) {
            return params.path(name).asInt(otherwise);
        }

        public boolean flag(String name, boolean otherwise) {
            return params.path(name).asBoolean(otherwise);
        }
    }

    /// What strikes one request.
    public record Struck(Optional<Fault> main, Set<FaultKind> decorations) {}

    private static final class Entry {
        final Rule rule;
        int seen;
        int struck;

        Entry(Rule rule) {
            this.rule = rule;
        }

        boolean isSpent() {
            return rule.times != null && struck >= rule.times;
        }
    }

    private final List<Entry> entries = new ArrayList<>();
    private long fired;

    /// Adds the rule that `json` describes; answers what is wrong with it, if anything.
    public synchronized Optional<String> add(JsonNode json) {
        Optional<FaultKind> kind = FaultKind.parse(json.path("fault").asText());
        if (kind.isEmpty()) {
            return Optional.of("unknown fault: " + json.path("fault").asText());
        }
        if (entries.size() >= MAX_RULES) {
            return Optional.of("too many faults; clear some first");
        }
        JsonNode match = json.path("match");
        Integer times =
                json.path("times").isInt() ? Integer.valueOf(json.path("times").asInt()) : null;
        if (times == null && kind.get() == FaultKind.PERMISSION_BLIP) {
            times = 2;
        }
        entries.add(new Entry(new Rule(
                kind.get(),
                match.path("method").asText(""),
                match.path("pathPrefix").asText(""),
                Math.max(1, match.path("fromRequest").asInt(1)),
                times,
                json.path("params"))));
        return Optional.empty();
    }

    /// What strikes this request; uses up one of the `times` of each rule that does.
    public synchronized Struck strike(Incoming in) {
        Optional<Fault> main = Optional.empty();
        Set<FaultKind> decorations = EnumSet.noneOf(FaultKind.class);
        for (Entry entry : entries) {
            if (!entry.rule.matches(in)) {
                continue;
            }
            entry.seen++;
            boolean due = entry.seen >= entry.rule.fromRequest && !entry.isSpent();
            if (!due || (!entry.rule.kind.isDecoration() && main.isPresent())) {
                continue;
            }
            entry.struck++;
            fired++;
            if (entry.rule.kind.isDecoration()) {
                decorations.add(entry.rule.kind);
            } else {
                main = Optional.of(new Fault(entry.rule.kind, entry.rule.params));
            }
        }
        return new Struck(main, decorations);
    }

    public synchronized List<ObjectNode> list() {
        List<ObjectNode> all = new ArrayList<>();
        for (Entry entry : entries) {
            ObjectNode json = Json.object();
            json.put("fault", entry.rule.kind.wireName());
            ObjectNode match = json.putObject("match");
            match.put("method", entry.rule.method);
            match.put("pathPrefix", entry.rule.pathPrefix);
            match.put("fromRequest", entry.rule.fromRequest);
            json.put("times", entry.rule.times);
            json.put("seen", entry.seen);
            json.put("struck", entry.struck);
            all.add(json);
        }
        return all;
    }

    public synchronized long fired() {
        return fired;
    }

    /// Switches all faults off.
    public synchronized void clear() {
        entries.clear();
    }

    synchronized void reset() {
        entries.clear();
        fired = 0;
    }
}
