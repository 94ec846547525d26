package dev.varve.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.varve.sandbox.sim.AcceptedEvent;
import dev.varve.sandbox.sim.DedupRules;
import dev.varve.sandbox.sim.EventStore.IdFilter;
import dev.varve.sandbox.sim.EventStore.ReceivedId;
import dev.varve.sandbox.sim.Incoming;
import dev.varve.sandbox.sim.Incoming.Body;
import dev.varve.sandbox.sim.Json;
import dev.varve.sandbox.sim.ParsedEvent;
import dev.varve.sandbox.sim.ReceivedRequest;
import dev.varve.sandbox.sim.Reply;
import dev.varve.sandbox.sim.SimPlatform;
import dev.varve.sandbox.sim.Simulation;
import dev.varve.sandbox.sim.Switch;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// `/__sim/…`: what tests use to steer the sandbox and to see what it received. Never recorded, never faulted.
///
/// Lists answer `{items, next}`, oldest first; `next` goes into `after` for the following page.
final class ControlRoutes {
    private static final int MAX_LIMIT = 5_000;

    private final Simulation simulation;
    private final Runnable onReset;

    ControlRoutes(Simulation simulation, Runnable onReset) {
        this.simulation = simulation;
        this.onReset = onReset;
    }

    Reply answer(Incoming in) throws IOException {
        String route = in.method() + " " + in.path().substring("/__sim".length());
        return switch (route) {
            case "POST /reset" -> {
                simulation.reset();
                onReset.run();
                yield Reply.json(200, Json.object());
            }
            case "POST /clock" -> clock(in);
            case "GET /clock" -> now();
            case "POST /faults" -> faults(in);
            case "GET /faults" -> faultList();
            case "DELETE /faults" -> {
                simulation.faults().clear();
                yield faultList();
            }
            case "POST /switches" -> switches(in);
            case "GET /switches" -> Reply.json(200, simulation.switches().toJson());
            case "GET /requests" -> requests(in);
            case "GET /events" -> events(in);
            case "GET /test-events" -> testEvents(in);
            case "GET /counters" -> counters();
            case "POST /browser-event" -> browserEvent(in);
            default -> problem(404, "no such control route");
        };
    }

    private static Reply problem(int status, String message) {
        return Reply.json(status, Json.object().put("error", message));
    }

    private static Optional<JsonNode> json(Incoming in) throws IOException {
        if (!(in.body() instanceof Body.Bytes(byte[] bytes))) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.MAPPER.readTree(bytes));
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /// `{"now": "2026-11-18T12:00:00Z"}` freezes, `{"advanceSeconds": 60}` moves, `{}` goes back to real time.
    private Reply clock(Incoming in) throws IOException {
        JsonNode body = json(in).orElseGet(Json::object);
        try {
            if (body.has("now")) {
                simulation.clock().freeze(Instant.parse(body.path("now").asText()));
            } else if (body.has("advanceSeconds")) {
                simulation
                        .clock()
                        .advance(Duration.ofSeconds(body.path("advanceSeconds").asLong()));
            } else {
                simulation.clock().reset();
            }
        } catch (DateTimeException | ArithmeticException unreadable) {
            return problem(400, "now must be an ISO instant");
        }
        return now();
    }

    private Reply now() {
        return Reply.json(
                200, Json.object().put("now", simulation.clock().instant().toString()));
    }

    /// One fault or an array of them.
    private Reply faults(Incoming in) throws IOException {
        Optional<JsonNode> body = json(in);
        if (body.isEmpty() || !body.get().isContainerNode()) {
            return problem(400, "the body must be JSON");
        }
        List<JsonNode> wanted = new ArrayList<>();
        if (body.get().isArray()) {
            body.get().forEach(wanted::add);
        } else {
            wanted.add(body.get());
        }
        for (JsonNode one : wanted) {
            Optional<String> wrong = simulation.faults().add(one);
            if (wrong.isPresent()) {
                return problem(400, wrong.get());
            }
        }
        return faultList();
    }

    private Reply faultList() {
        ObjectNode json = Json.object();
        simulation.faults().list().forEach(json.putArray("items")::add);
        return Reply.json(200, json);
    }

    private Reply switches(Incoming in) throws IOException {
        Optional<JsonNode> body = json(in);
        if (body.isEmpty() || !body.get().isObject()) {
            return problem(400, "the body must be JSON");
        }
        return simulation
                .switches()
                .set(body.get())
                .map(wrong -> problem(400, wrong))
                .orElseGet(() -> Reply.json(200, simulation.switches().toJson()));
    }

    private Reply requests(Incoming in) {
        String prefix = in.query("pathPrefix").orElse("");
        List<ReceivedRequest> found = simulation
                .requests()
                .list(number(in, "after", 0), limit(in), request -> request.path()
                        .startsWith(prefix));
        ObjectNode json = Json.object();
        ArrayNode items = json.putArray("items");
        found.forEach(request -> items.add(request.toJson()));
        json.put(
                "next",
                found.isEmpty() ? number(in, "after", 0) : found.getLast().number());
        return Reply.json(200, json);
    }

    private Reply events(Incoming in) {
        return list(in, simulation.store().events().list(number(in, "after", 0), limit(in), filter(in)));
    }

    private Reply testEvents(Incoming in) {
        Optional<String> code = in.query("code");
        Predicate<AcceptedEvent> wanted =
                filter(in).and(event -> code.isEmpty() || code.get().equals(event.testEventCode()));
        return list(in, simulation.store().testEvents().list(number(in, "after", 0), limit(in), wanted));
    }

    private static Reply list(Incoming in, List<AcceptedEvent> found) {
        ObjectNode json = Json.object();
        ArrayNode items = json.putArray("items");
        found.forEach(event -> items.add(event.toJson()));
        json.put(
                "next",
                found.isEmpty() ? number(in, "after", 0) : found.getLast().number());
        return Reply.json(200, json);
    }

    private static Predicate<AcceptedEvent> filter(Incoming in) {
        Optional<String> platform = in.query("platform");
        Optional<String> pixelId = in.query("pixelId");
        Optional<String> eventId = in.query("eventId");
        Optional<String> eventName = in.query("eventName");
        return event -> isWanted(platform, event.platform().shortName())
                && isWanted(pixelId, event.pixelId())
                && isWanted(eventName, event.eventName())
                && (eventId.isEmpty() || eventId.get().equals(event.eventId()));
    }

    private static boolean isWanted(Optional<String> wanted, String value) {
        return wanted.isEmpty() || wanted.get().equals(value);
    }

    private static long number(Incoming in, String name, long otherwise) {
        return in.query(name)
                .filter(text -> text.matches("[0-9]{1,15}"))
                .map(Long::parseLong)
                .orElse(otherwise);
    }

    private static int limit(Incoming in) {
        return (int) Math.clamp(number(in, "limit", 100), 1, MAX_LIMIT);
    }

    private Reply counters() {
        ObjectNode json = Json.object();
        json.set("platforms", simulation.counters().toJson());
        json.putObject("eventIds")
                .put("kept", simulation.store().idsKept())
                .put("forgotten", simulation.store().idsForgotten());
        json.put("faultsStruck", simulation.faults().fired());
        json.put("redirectHits", simulation.redirectHits().get());
        return Reply.json(200, json);
    }

    /// `{platform, pixelId, eventName, eventId?, fbp?, externalId?, ttp?}`, received now.
    private Reply browserEvent(Incoming in) throws IOException {
        JsonNode body = json(in).orElseGet(Json::object);
        Optional<SimPlatform> platform = SimPlatform.parse(body.path("platform").asText());
        String pixelId = body.path("pixelId").asText("");
        String name = body.path("eventName").asText("");
        if (platform.isEmpty() || pixelId.isEmpty() || name.isEmpty()) {
            return problem(400, "platform, pixelId and eventName are needed");
        }
        List<String> keys = new ArrayList<>();
        addKey(keys, "fbp", body.path("fbp"));
        addKey(keys, "external_id", body.path("externalId"));
        addKey(keys, "ttp", body.path("ttp"));
        String id = body.path("eventId").asText("");
        ParsedEvent event = new ParsedEvent(name, id.isEmpty() ? null : id, keys, List.of(), Json.bytes(body));
        DedupRules rules =
                switch (platform.get()) {
                    case META -> DedupRules.meta(simulation.switches().isOn(Switch.META_SERVER_DEDUP));
                    case TIKTOK -> DedupRules.TIKTOK;
                };
        AcceptedEvent.Verdict verdict = simulation.store().acceptBrowserEvent(platform.get(), pixelId, event, rules);
        return Reply.json(200, Json.object().put("duplicate", verdict != AcceptedEvent.Verdict.COUNTED));
    }

    private static void addKey(List<String> keys, String name, JsonNode value) {
        if (!value.asText("").isEmpty()) {
            keys.add(name + ":" + value.asText());
        }
    }

    /// One id per line; with `counts=true` a tab and how often it was received; with `repeats=true` only ids that were
    /// received more than once. An id that came under two event names is listed twice.
    void streamIds(HttpExchange exchange, Incoming in) throws IOException {
        IdFilter filter = new IdFilter(
                in.query("platform").flatMap(SimPlatform::parse).orElse(null),
                in.query("pixelId").orElse(null),
                in.query("eventName").orElse(null),
                in.query("repeats").orElse("").equals("true"));
        boolean withCounts = in.query("counts").orElse("").equals("true");
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(200, 0);
        try (Writer out = new BufferedWriter(
                new OutputStreamWriter(exchange.getResponseBody(), StandardCharsets.UTF_8), 1 << 16)) {
            simulation.store().visitIds(filter, ids -> write(out, ids, withCounts));
        } catch (UncheckedIOException gone) {
            throw gone.getCause();
        }
    }

    private static void write(Writer out, List<ReceivedId> ids, boolean withCounts) {
        try {
            for (ReceivedId one : ids) {
                out.write(one.id());
                out.write(withCounts ? "\t" + one.received() + "\n" : "\n");
            }
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }
}
