package dev.varve.sandbox.meta;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.sandbox.sim.Counters;
import dev.varve.sandbox.sim.DedupRules;
import dev.varve.sandbox.sim.Delivery;
import dev.varve.sandbox.sim.EventBody;
import dev.varve.sandbox.sim.FaultPlayer;
import dev.varve.sandbox.sim.FaultScript.Struck;
import dev.varve.sandbox.sim.Incoming;
import dev.varve.sandbox.sim.Incoming.Body;
import dev.varve.sandbox.sim.Json;
import dev.varve.sandbox.sim.MagicToken;
import dev.varve.sandbox.sim.ParsedEvent;
import dev.varve.sandbox.sim.Reply;
import dev.varve.sandbox.sim.SimPlatform;
import dev.varve.sandbox.sim.Simulation;
import dev.varve.sandbox.sim.Switch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Imitates Meta's Conversions API as `platform-meta.md` section 18 says; thread-safe.
public final class MetaSimulator {
    private static final SimPlatform META = SimPlatform.META;
    private static final Duration HANG = Duration.ofMinutes(2);

    private final Simulation simulation;
    private final MetaVoice voice;
    private final FaultPlayer faults;
    private final MetaReads reads;

    /// `url`: of this sandbox. `redirectTarget`: of the listener that counts followed redirects.
    public MetaSimulator(Simulation simulation, String url, String redirectTarget) {
        this.simulation = simulation;
        this.voice = new MetaVoice(simulation);
        this.faults = new FaultPlayer(voice, redirectTarget);
        this.reads = new MetaReads(simulation, voice, url);
    }

    public static boolean serves(String path) {
        return path.matches("/v[0-9]+\\.[0-9].*") || path.equals("/debug_token");
    }

    public Reply answer(Incoming in) throws IOException {
        if (in.path().equals("/debug_token")) {
            return reads.debugToken(in);
        }
        Optional<MetaPaths> parsed = MetaPaths.parse(in.path());
        if (parsed.isEmpty()) {
            return notFound();
        }
        MetaPaths path = parsed.get();
        simulation.counters().add(META, path.object(), Counters.Kind.REQUESTS, 1);
        boolean refusesExpired = simulation.switches().isOn(Switch.META_STRICT_VERSION);
        if (path.isUnborn() || (path.isExpired() && refusesExpired)) {
            return voice.error(400, 2635, null, "(#2635) You are calling a version of the API that does not exist");
        }
        if (in.method().equals("POST") && path.isEdge("events")) {
            return events(in, path);
        }
        if (!in.method().equals("GET")) {
            return notFound();
        }
        if (path.object().equals("debug_token") && path.edge().isEmpty()) {
            return reads.debugToken(in);
        }
        return switch (path.edge()) {
            case "" -> read(in, path, token -> reads.object(path.object(), token));
            case "stats" -> read(in, path, token -> reads.stats(in, path, token));
            case "event_last_fired_time" -> read(in, path, token -> reads.lastFired(in, path.object(), token));
            default -> notFound();
        };
    }

    private Reply notFound() {
        return voice.error(404, 2500, null, "Unknown path components");
    }

    private interface Read {
        Reply with(String token);
    }

    private Reply read(Incoming in, MetaPaths path, Read read) {
        String token = outerToken(in).orElse("");
        Optional<Reply> denied = denied(path.object(), token);
        if (denied.isPresent()) {
            return denied.get();
        }
        Struck struck = simulation.faults().strike(in);
        return faults.instead(in, struck)
                .or(() -> magicThrottle(in, path, token))
                .map(reply -> faults.after(reply, struck))
                .orElseGet(() -> faults.after(read.with(token), struck));
    }

    private Reply events(Incoming in, MetaPaths path) throws IOException {
        Optional<String> outer = outerToken(in);
        String token = outer.isPresent() ? outer.get() : bodyToken(in);
        Optional<Reply> denied = denied(path.object(), token);
        if (denied.isPresent()) {
            return denied.get();
        }
        Struck struck = simulation.faults().strike(in);
        Optional<Reply> instead = faults.instead(in, struck).or(() -> magicThrottle(in, path, token));
        Reply reply = instead.isPresent() ? instead.get() : receive(in, path, struck);
        return faults.after(reply, struck);
    }

    private Optional<Reply> denied(String object, String token) {
        MagicToken kind = simulation.token(token);
        return switch (kind) {
            case UNKNOWN -> Optional.of(voice.tokenUnknown());
            case EXPIRED -> Optional.of(voice.tokenExpired());
            case REVOKED -> Optional.of(voice.tokenRevoked());
            case OK, SEND_ONLY, THROTTLE, NO_PERMISSION, BLIP -> deniedObject(object, token, kind);
        };
    }

    private Optional<Reply> deniedObject(String object, String token, MagicToken kind) {
        if (!simulation.knowsPixel(object)) {
            return Optional.of(voice.noObject());
        }
        boolean blipping = kind == MagicToken.BLIP && simulation.magic().isBlipping(META, token, object);
        return kind == MagicToken.NO_PERMISSION || blipping ? Optional.of(voice.permissionRevoked()) : Optional.empty();
    }

    private Optional<Reply> magicThrottle(Incoming in, MetaPaths path, String token) {
        boolean throttled = simulation.token(token) == MagicToken.THROTTLE
                && simulation.magic().isThrottled(META, token, path.object());
        return throttled ? Optional.of(voice.throttled(in, true)) : Optional.empty();
    }

    private static Optional<String> outerToken(Incoming in) {
        return in.header("Authorization")
                .map(String::strip)
                .filter(value -> value.regionMatches(true, 0, "Bearer ", 0, 7))
                .map(value -> value.substring(7).strip())
                .or(() -> in.query("access_token"));
    }

    private static String bodyToken(Incoming in) throws IOException {
        if (!(in.body() instanceof Body.Bytes(byte[] bytes))) {
            return "";
        }
        if (isForm(in)) {
            return Incoming.form(new String(bytes, StandardCharsets.UTF_8)).getOrDefault("access_token", "");
        }
        try {
            return EventBody.parse(bytes).root().path("access_token").asText("");
        } catch (IOException unreadable) {
            return "";
        }
    }

    private static boolean isForm(Incoming in) {
        return in.contentType().equals("application/x-www-form-urlencoded");
    }

    private Reply receive(Incoming in, MetaPaths path, Struck struck) throws IOException {
        return switch (in.body()) {
            case Body.TooLarge _ -> Reply.empty(413);
            case Body.Broken _ -> unreadable();
            case Body.Bytes(byte[] bytes) -> receive(in, path, struck, bytes);
        };
    }

    private Reply unreadable() {
        return voice.error(400, 2500, null, "(#2500) The request body could not be parsed");
    }

    private Reply receive(Incoming in, MetaPaths path, Struck struck, byte[] bytes) {
        EventBody body;
        try {
            body = isForm(in) ? parseForm(bytes) : EventBody.parse(bytes);
        } catch (IOException broken) {
            return unreadable();
        }
        if (body.count() == 0) {
            return voice.error(400, 100, null, "(#100) The parameter data is required");
        }
        if (body.count() > EventBody.MAX_EVENTS) {
            simulation.counters().add(META, path.object(), Counters.Kind.REJECTED, body.count());
            return voice.error(400, 100, null, "(#100) Too many events: at most 1000 per request");
        }
        Optional<Reply> refused = refused(in, body);
        if (refused.isPresent()) {
            simulation.counters().add(META, path.object(), Counters.Kind.REJECTED, body.count());
            return refused.get();
        }
        return store(path, struck, body, bytes);
    }

    private static EventBody parseForm(byte[] bytes) throws IOException {
        Map<String, String> members = Incoming.form(new String(bytes, StandardCharsets.UTF_8));
        ObjectNode root = Json.object();
        members.forEach(root::put);
        return EventBody.parseForm(root, members.getOrDefault("data", "null").getBytes(StandardCharsets.UTF_8));
    }

    private Optional<Reply> refused(Incoming in, EventBody body) {
        Instant now = simulation.clock().instant();
        boolean ageFirst = simulation.switches().isOn(Switch.META_AGE_CHECK_FIRST);
        for (int index = 0; index < body.items().size(); index++) {
            JsonNode event = body.items().get(index).json();
            Optional<MetaRefusal> refusal = MetaEventCheck.check(event, index, now, ageFirst);
            if (refusal.isPresent()) {
                return Optional.of(voice.refused(refusal.get()));
            }
            Reply magic = magicOutcome(
                    in, event.path("custom_data").path("sandbox_outcome").asText(""), index);
            if (magic != null) {
                return Optional.of(magic);
            }
        }
        return Optional.empty();
    }

    private @Nullable Reply magicOutcome(Incoming in, String outcome, int index) {
        return switch (outcome) {
            case "reject" -> voice.refused(MetaRefusal.of(2804001, index, "Event refused by sandbox_outcome"));
            case "throttle" -> voice.throttled(in, true);
            case "server_error" -> voice.failing(500);
            case "timeout" -> Reply.undelivered(new Delivery.Hang(HANG));
            default -> null;
        };
    }

    private Reply store(MetaPaths path, Struck struck, EventBody body, byte[] bytes) {
        int acknowledged = Math.max(0, body.count() - FaultPlayer.missing(struck));
        List<ParsedEvent> events = new ArrayList<>(acknowledged);
        boolean missesId = false;
        for (EventBody.Item item : body.items().subList(0, acknowledged)) {
            ParsedEvent event = parsed(item);
            missesId |= event.id() == null;
            events.add(event);
        }
        DedupRules rules = DedupRules.meta(simulation.switches().isOn(Switch.META_SERVER_DEDUP));
        String code = body.root().path("test_event_code").asText("");
        simulation.store().accept(META, path.object(), events, rules, code.isEmpty() ? null : code);
        ObjectNode json = Json.object();
        json.put("events_received", acknowledged);
        var messages = json.putArray("messages");
        if (missesId) {
            messages.add("Some events have no event_id; they cannot be deduplicated.");
        }
        json.put("fbtrace_id", voice.traceId(bytes));
        return voice.withUsage(Reply.json(200, json), path.object());
    }

    private static ParsedEvent parsed(EventBody.Item item) {
        JsonNode event = item.json();
        String id = event.path("event_id").asText("");
        JsonNode user = event.path("user_data");
        List<String> keys = id.isEmpty() ? matchKeys(user) : List.of();
        return new ParsedEvent(
                event.path("event_name").asText(),
                id.isEmpty() ? null : id,
                keys,
                MetaEventCheck.ignoredKeys(event),
                item.bytes());
    }

    private static List<String> matchKeys(JsonNode user) {
        List<String> keys = new ArrayList<>();
        if (user.hasNonNull("fbp")) {
            keys.add("fbp:" + user.path("fbp").asText());
        }
        JsonNode externalId = user.path("external_id");
        if (externalId.isTextual()) {
            keys.add("external_id:" + externalId.asText());
        }
        externalId.forEach(one -> keys.add("external_id:" + one.asText()));
        return keys;
    }
}
