package dev.varve.sandbox.tiktok;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.sandbox.sim.Digest;
import dev.varve.sandbox.sim.Incoming;
import dev.varve.sandbox.sim.Json;
import dev.varve.sandbox.sim.PlatformVoice;
import dev.varve.sandbox.sim.Reply;
import dev.varve.sandbox.sim.Simulation;
import dev.varve.sandbox.sim.Switch;
import java.io.IOException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// TikTok's answers. Always the envelope `{code, message, request_id, data}`; the HTTP status says little.
final class TikTokVoice implements PlatformVoice {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss").withZone(ZoneOffset.UTC);

    private final Simulation simulation;

    TikTokVoice(Simulation simulation) {
        this.simulation = simulation;
    }

    Reply envelope(int status, int code, String message, ObjectNode data, byte[] body) {
        ObjectNode json = Json.object();
        json.put("code", code);
        json.put("message", message);
        String trace = Digest.hex(simulation.trace(body)).substring(0, 20).toUpperCase(Locale.ROOT);
        json.put("request_id", STAMP.format(simulation.clock().instant()) + trace);
        json.set("data", data);
        return Reply.json(status, json);
    }

    Reply ok(ObjectNode data, byte[] body) {
        return envelope(200, 0, "OK", data, body);
    }

    Reply error(int code, String message) {
        return envelope(200, code, message, Json.object(), new byte[0]);
    }

    Reply refused(TikTokRefusal refusal) {
        String style = simulation.switches().value(Switch.TIKTOK_ERROR_INDEX_STYLE);
        return error(refusal.code(), refusal.message(style));
    }

    Reply token(int code, String message) {
        int status = simulation.switches().number(Switch.TIKTOK_AUTH_STATUS);
        return envelope(status, code, message, Json.object(), new byte[0]);
    }

    @Override
    public Reply tokenExpired() {
        return token(40105, "Access token is incorrect or has been revoked.");
    }

    @Override
    public Reply tokenRevoked() {
        return tokenExpired();
    }

    @Override
    public Reply permissionRevoked() {
        return error(40001, "No permission to operate the event source.");
    }

    @Override
    public Reply throttled(Incoming in, boolean usageHeader) {
        int status = simulation.switches().number(Switch.TIKTOK_THROTTLE_STATUS);
        return envelope(status, 40100, "Too many requests. Please retry in some time.", Json.object(), new byte[0]);
    }

    @Override
    public Reply failing(int status) {
        return envelope(status, 50000, "System error", Json.object(), new byte[0]);
    }

    @Override
    public Reply unknownCode() {
        return envelope(400, 49999, "Something new", Json.object(), new byte[0]);
    }

    @Override
    public Reply localised(Reply reply) {
        try {
            JsonNode json = Json.MAPPER.readTree(reply.body());
            if (!(json instanceof ObjectNode envelope) || json.path("code").asInt() == 0) {
                return reply;
            }
            envelope.put("message", "Något gick fel. Försök igen senare.");
            return new Reply(reply.status(), reply.headers(), Json.bytes(envelope), reply.delivery());
        } catch (IOException notJson) {
            return reply;
        }
    }
}
