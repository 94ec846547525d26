package dev.varve.sandbox.tiktok;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.sandbox.sim.BoundedMap;
import dev.varve.sandbox.sim.Counters;
import dev.varve.sandbox.sim.DedupRules;
import dev.varve.sandbox.sim.Delivery;
import dev.varve.sandbox.sim.Digest;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Imitates TikTok's Events API 2.0 as `platform-tiktok.md` section 17 says; thread-safe.
public final class TikTokSimulator {
    private static final SimPlatform TIKTOK = SimPlatform.TIKTOK;
    private static final String ROOT = "/open_api/";
    private static final String NOT_FOUND = "<!doctype html><title>404</title><h1>404 Not Found</h1>";
    private static final Duration HANG = Duration.ofMinutes(2);
    private static final String NO_SOURCE = "(none)";

    private final Simulation simulation;
    private final TikTokVoice voice;
    private final FaultPlayer faults;
    private final TikTokReads reads;
    private final BoundedMap<Integer> bodies = new BoundedMap<>(10_000, 0);

    /// `redirectTarget`: of the listener that counts followed redirects.
    public TikTokSimulator(Simulation simulation, String redirectTarget) {
        this.simulation = simulation;
        this.voice = new TikTokVoice(simulation);
        this.faults = new FaultPlayer(voice, redirectTarget);
        this.reads = new TikTokReads(simulation, voice);
    }

    public static boolean serves(String path) {
        return path.startsWith(ROOT);
    }

    /// Forgets request bodies, for a reset.
    public void reset() {
        bodies.clear();
    }

    public Reply answer(Incoming in) throws IOException {
        if (in.path().startsWith("/open_api/v1.2/")) {
            return voice.error(40006, "The API version is no longer supported.");
        }
        String route = in.method() + " " + in.path();
        return switch (route) {
            case "POST /open_api/v1.3/event/track/" -> track(in);
            case "GET /open_api/v1.3/pixel/list/" -> read(in, () -> reads.pixels(in));
            case "GET /open_api/v1.3/oauth2/advertiser/get/" -> read(in, () -> reads.advertisers(in));
            case "GET /open_api/v1.3/pixel/event/stats/" -> read(in, () -> reads.stats(in));
            default -> Reply.html(404, NOT_FOUND);
        };
    }

    private interface Read {
        Reply get();
    }

    private Reply read(Incoming in, Read read) {
        simulation.counters().add(TIKTOK, NO_SOURCE, Counters.Kind.REQUESTS, 1);
        Optional<Reply> denied = deniedToken(in);
        if (denied.isPresent()) {
            return denied.get();
        }
        Struck struck = simulation.faults().strike(in);
        Reply reply = faults.instead(in, struck).orElseGet(() -> readAllowed(in, read));
        return faults.after(reply, struck);
    }

    private Reply readAllowed(Incoming in, Read read) {
        MagicToken kind = simulation.token(token(in));
        boolean eventsOnly =
                simulation.switches().value(Switch.TIKTOK_TOKEN_SCOPE).equals("events_manager");
        if (eventsOnly || kind == MagicToken.SEND_ONLY || kind == MagicToken.NO_PERMISSION) {
            return voice.permissionRevoked();
        }
        return read.get();
    }

    private static String token(Incoming in) {
        return in.header("Access-Token").orElse("");
    }

    private Optional<Reply> deniedToken(Incoming in) {
        String token = token(in);
        if (token.isEmpty()) {
            return Optional.of(voice.token(40104, "Access token is empty."));
        }
        return switch (simulation.token(token)) {
            case UNKNOWN, EXPIRED, REVOKED -> Optional.of(voice.tokenExpired());
            case OK, SEND_ONLY, NO_PERMISSION, BLIP, THROTTLE -> Optional.empty();
        };
    }

    private Reply track(Incoming in) throws IOException {
        if (simulation.switches().isOn(Switch.TIKTOK_PARAMS_BEFORE_TOKEN)) {
            Optional<Reply> refused = refusedRootFirst(in);
            if (refused.isPresent()) {
                return refused.get();
            }
        }
        Optional<Reply> denied = deniedToken(in);
        if (denied.isPresent()) {
            return counted(NO_SOURCE, denied.get());
        }
        if (!in.contentType().equals("application/json")) {
            return counted(NO_SOURCE, voice.error(40002, "Content-Type must be application/json"));
        }
        Struck struck = simulation.faults().strike(in);
        Optional<Reply> instead = faults.instead(in, struck).or(() -> throttled(in));
        Reply reply = instead.isPresent() ? counted(NO_SOURCE, instead.get()) : receive(in, struck);
        return faults.after(reply, struck);
    }

    private Reply counted(String sourceId, Reply reply) {
        simulation.counters().add(TIKTOK, sourceId, Counters.Kind.REQUESTS, 1);
        return reply;
    }

    private Optional<Reply> throttled(Incoming in) {
        String token = token(in);
        int perSecond = simulation.switches().number(Switch.TIKTOK_REQUESTS_PER_SECOND);
        boolean magic = simulation.token(token) == MagicToken.THROTTLE
                && simulation.magic().isThrottled(TIKTOK, token, "");
        boolean limited = perSecond > 0 && !simulation.magic().allows(TIKTOK, token, perSecond);
        return magic || limited ? Optional.of(voice.throttled(in, false)) : Optional.empty();
    }

    private Optional<Reply> refusedRootFirst(Incoming in) throws IOException {
        if (!(in.body() instanceof Body.Bytes(byte[] bytes))) {
            return Optional.empty();
        }
        try {
            EventBody body = EventBody.parse(bytes);
            TikTokRefusal refusal = sourceRefusal(body);
            refusal = refusal != null ? refusal : dataRefusal(body);
            return Optional.ofNullable(refusal).map(this::refusedRoot);
        } catch (IOException unreadable) {
            return Optional.of(unreadable());
        }
    }

    private Reply refusedRoot(TikTokRefusal refusal) {
        return counted(NO_SOURCE, voice.refused(refusal));
    }

    private Reply unreadable() {
        return counted(NO_SOURCE, voice.error(40002, "The request body is not valid JSON"));
    }

    private Reply receive(Incoming in, Struck struck) throws IOException {
        return switch (in.body()) {
            case Body.TooLarge _ -> counted(NO_SOURCE, Reply.empty(413));
            case Body.Broken _ -> unreadable();
            case Body.Bytes(byte[] bytes) -> receive(in, struck, bytes);
        };
    }

    private Reply receive(Incoming in, Struck struck, byte[] bytes) {
        EventBody body;
        try {
            body = EventBody.parse(bytes);
        } catch (IOException broken) {
            return unreadable();
        }
        TikTokRefusal source = sourceRefusal(body);
        if (source != null) {
            return refusedRoot(source);
        }
        String sourceId = body.root().path("event_source_id").asText();
        simulation.counters().add(TIKTOK, sourceId, Counters.Kind.REQUESTS, 1);
        if (isForbidden(token(in), sourceId)) {
            return voice.permissionRevoked();
        }
        TikTokRefusal data = dataRefusal(body);
        if (data != null) {
            simulation.counters().add(TIKTOK, sourceId, Counters.Kind.REJECTED, body.count());
            return voice.refused(data);
        }
        if (repeats(bytes)) {
            return voice.error(40050, "Duplicated request");
        }
        return judge(in, struck, body, sourceId, bytes);
    }

    private boolean repeats(byte[] bytes) {
        if (!simulation.switches().isOn(Switch.TIKTOK_DUPLICATE_CODE)) {
            return false;
        }
        return bodies.update(Digest.hex(Digest.sha256(bytes)), times -> times + 1) > 1;
    }

    private static @Nullable TikTokRefusal sourceRefusal(EventBody body) {
        JsonNode root = body.root();
        if (!TikTokEventCheck.SOURCES.contains(root.path("event_source").asText(""))) {
            return TikTokRefusal.root("event_source", "Not a valid choice");
        }
        JsonNode id = root.path("event_source_id");
        return !id.isTextual() || id.textValue().isBlank()
                ? TikTokRefusal.root("event_source_id", "Missing data for required field")
                : null;
    }

    private boolean isForbidden(String token, String sourceId) {
        MagicToken kind = simulation.token(token);
        return !simulation.knowsPixel(sourceId)
                || kind == MagicToken.NO_PERMISSION
                || (kind == MagicToken.BLIP && simulation.magic().isBlipping(TIKTOK, token, sourceId));
    }

    private @Nullable TikTokRefusal dataRefusal(EventBody body) {
        if (!body.hasDataArray()) {
            return TikTokRefusal.root("data", "Not a valid list");
        }
        if (body.count() > EventBody.MAX_EVENTS) {
            return TikTokRefusal.root("data", "Longer than maximum length 1000");
        }
        boolean emptyOk = simulation.switches().isOn(Switch.TIKTOK_EMPTY_DATA_OK);
        return body.count() == 0 && !emptyOk ? TikTokRefusal.root("data", "Shorter than minimum length 1") : null;
    }

    private Reply judge(Incoming in, Struck struck, EventBody body, String sourceId, byte[] bytes) {
        String source = body.root().path("event_source").asText();
        List<EventBody.Item> valid = new ArrayList<>(body.count());
        Reply refusal = null;
        int index = 0;
        for (EventBody.Item item : body.items()) {
            Reply refused = refused(in, item.json(), source, index++);
            if (refused == null) {
                valid.add(item);
            } else if (refusal == null) {
                refusal = refused;
            }
        }
        if (refusal == null) {
            return store(struck, body, sourceId, valid, bytes);
        }
        if (simulation.switches().isOn(Switch.TIKTOK_STORE_VALID_ON_ERROR)) {
            keep(body, sourceId, valid);
        }
        simulation.counters().add(TIKTOK, sourceId, Counters.Kind.REJECTED, body.count());
        return refusal;
    }

    private @Nullable Reply refused(Incoming in, JsonNode event, String source, int index) {
        var rules = new TikTokEventCheck.Rules(
                simulation.switches().isOn(Switch.TIKTOK_STRICT_PAGE),
                simulation.switches().number(Switch.TIKTOK_MAX_EVENT_AGE_DAYS));
        Optional<TikTokRefusal> refusal =
                TikTokEventCheck.check(event, source, index, simulation.clock().instant(), rules);
        if (refusal.isPresent()) {
            return voice.refused(refusal.get());
        }
        return switch (event.path("properties").path("sandbox_outcome").asText("")) {
            case "reject" -> voice.refused(TikTokRefusal.item(index, "properties", "Refused by sandbox_outcome"));
            case "throttle" -> voice.throttled(in, false);
            case "server_error" -> voice.failing(500);
            case "timeout" -> Reply.undelivered(new Delivery.Hang(HANG));
            default -> null;
        };
    }

    private Reply store(Struck struck, EventBody body, String sourceId, List<EventBody.Item> items, byte[] bytes) {
        int missing = FaultPlayer.missing(struck);
        if (simulation.switches().isOn(Switch.TIKTOK_PARTIAL_SUCCESS)) {
            List<EventBody.Item> everySecond = new ArrayList<>();
            for (int index = 0; index < items.size(); index += 2) {
                everySecond.add(items.get(index));
            }
            keep(body, sourceId, everySecond);
            return voice.error(20001, "Partial success");
        }
        if (missing > 0) {
            keep(body, sourceId, items.subList(0, Math.max(0, items.size() - missing)));
            return voice.error(20001, "Partial success");
        }
        keep(body, sourceId, items);
        return voice.ok(Json.object(), bytes);
    }

    private void keep(EventBody body, String sourceId, List<EventBody.Item> items) {
        List<ParsedEvent> events = items.stream().map(TikTokSimulator::parsed).toList();
        String code = body.root().path("test_event_code").asText("");
        boolean countsTests = simulation.switches().isOn(Switch.TIKTOK_TEST_EVENTS_COUNT);
        if (!code.isEmpty() && !countsTests) {
            simulation.store().acceptAsTest(TIKTOK, sourceId, events, code);
        } else {
            simulation.store().accept(TIKTOK, sourceId, events, DedupRules.TIKTOK, code.isEmpty() ? null : code);
        }
    }

    private static ParsedEvent parsed(EventBody.Item item) {
        JsonNode event = item.json();
        String id = event.path("event_id").asText("");
        String ttp = event.path("user").path("ttp").asText("");
        return new ParsedEvent(
                event.path("event").asText(),
                id.isEmpty() ? null : id,
                id.isEmpty() && !ttp.isEmpty() ? List.of("ttp:" + ttp) : List.of(),
                TikTokEventCheck.ignoredKeys(event),
                item.bytes());
    }
}
