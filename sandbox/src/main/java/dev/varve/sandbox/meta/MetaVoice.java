package dev.varve.sandbox.meta;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.sandbox.sim.Incoming;
import dev.varve.sandbox.sim.Json;
import dev.varve.sandbox.sim.PlatformVoice;
import dev.varve.sandbox.sim.Reply;
import dev.varve.sandbox.sim.Simulation;
import dev.varve.sandbox.sim.Switch;
import java.io.IOException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// Meta's answers.
final class MetaVoice implements PlatformVoice {
    private final Simulation simulation;

    MetaVoice(Simulation simulation) {
        this.simulation = simulation;
    }

    String traceId(byte[] body) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(simulation.trace(body))
                .substring(0, 22);
    }

    Reply error(int status, int code, @Nullable Integer subcode, String message) {
        return error(status, code, subcode, message, false, null);
    }

    private Reply error(
            int status,
            int code,
            @Nullable Integer subcode,
            String message,
            boolean isTransient,
            @Nullable ObjectNode errorData) {
        ObjectNode json = Json.object();
        ObjectNode error = json.putObject("error");
        error.put("message", message);
        error.put("type", code == 100 || code == 1 || code == 2 ? "FacebookApiException" : "OAuthException");
        error.put("code", code);
        if (subcode != null) {
            error.put("error_subcode", subcode);
            error.put("error_user_title", message);
            error.put("error_user_msg", message);
        }
        error.put("is_transient", isTransient);
        if (errorData != null) {
            error.set("error_data", errorData);
        }
        error.put("fbtrace_id", traceId(new byte[0]));
        return Reply.json(status, json);
    }

    Reply refused(MetaRefusal refusal) {
        boolean hint = refusal.index() >= 0 && simulation.switches().isOn(Switch.META_INDEX_HINT);
        ObjectNode data = null;
        String message = refusal.message();
        if (hint) {
            String where = "$['data'][" + refusal.index() + "]";
            data = Json.object();
            data.putArray("blame_field_specs").addArray().add(where);
            message = message.contains(where) ? message : message + " on param " + where;
        }
        return error(400, refusal.code(), refusal.subcode(), message, false, data);
    }

    Reply tokenUnknown() {
        return error(401, 190, null, "Invalid OAuth access token - Cannot parse access token");
    }

    @Override
    public Reply tokenExpired() {
        return error(401, 190, 463, "Error validating access token: Session has expired");
    }

    @Override
    public Reply tokenRevoked() {
        return error(401, 190, 458, "Error validating access token: The user has not authorized application");
    }

    @Override
    public Reply permissionRevoked() {
        return switch (simulation.switches().value(Switch.META_NO_PERMISSION_CODE)) {
            case "10" -> error(403, 10, null, "(#10) Application does not have permission for this action");
            case "100/33" -> noObject();
            default -> error(403, 200, null, "(#200) Requires permission for this object");
        };
    }

    Reply noObject() {
        return error(
                400,
                100,
                33,
                "Unsupported request. Object does not exist, cannot be loaded due to missing permissions, or does not"
                        + " support this operation");
    }

    @Override
    public Reply throttled(Incoming in, boolean usageHeader) {
        int status = simulation.switches().number(Switch.META_THROTTLE_STATUS);
        Reply reply = error(status, 80004, null, "(#80004) There have been too many calls to this ad-account.");
        return usageHeader ? withUsage(reply, MetaPaths.objectOf(in.path()), 100, 2) : reply;
    }

    /// The header of ordinary answers: its count rises slowly and stays far from any limit.
    Reply withUsage(Reply reply, String object) {
        int calls = (int) (1 + simulation.tracesGiven() / 1_000 % 50);
        return withUsage(reply, object, calls, 0);
    }

    private Reply withUsage(Reply reply, String object, int calls, int regainMinutes) {
        if (!simulation.switches().isOn(Switch.META_USAGE_HEADERS)) {
            return reply;
        }
        ObjectNode json = Json.object();
        ObjectNode usage = json.putArray(object).addObject();
        usage.put("type", "ads_management");
        usage.put("call_count", calls);
        usage.put("total_cputime", Math.min(31, calls));
        usage.put("total_time", Math.min(29, calls));
        usage.put("estimated_time_to_regain_access", regainMinutes);
        usage.put("ads_api_access_tier", "standard_access");
        return reply.withHeader("X-Business-Use-Case-Usage", json.toString());
    }

    @Override
    public Reply failing(int status) {
        return error(status, 2, null, "An unexpected error has occurred. Please retry your request later.", true, null);
    }

    @Override
    public Reply unknownCode() {
        return error(400, 987654, null, "(#987654) Something new");
    }

    @Override
    public Reply localised(Reply reply) {
        try {
            JsonNode json = Json.MAPPER.readTree(reply.body());
            if (!(json.path("error") instanceof ObjectNode error)) {
                return reply;
            }
            for (String text : new String[] {"message", "error_user_title", "error_user_msg"}) {
                if (error.has(text)) {
                    error.put(text, "Något gick fel. Försök igen senare.");
                }
            }
            return new Reply(reply.status(), reply.headers(), Json.bytes(json), reply.delivery());
        } catch (IOException notJson) {
            return reply;
        }
    }
}
