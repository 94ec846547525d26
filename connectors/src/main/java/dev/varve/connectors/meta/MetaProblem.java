package dev.varve.connectors.meta;

import com.fasterxml.jackson.databind.JsonNode;
import dev.varve.connectors.AnswerBody;
import dev.varve.connectors.PlatformAnswer;
import dev.varve.destination.Answer;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Meta's error envelope and the class of its codes. `subcode` 0: none. Texts are localised, so they only explain;
/// nothing is decided by them.
record MetaProblem(int code, int subcode, boolean isTransient, Answer answer) {
    private static final Set<Integer> TRANSIENT = Set.of(1, 2, 5000, 21009);
    private static final Set<Integer> TOKEN = Set.of(190, 102);
    private static final Set<Integer> CONFIGURATION = Set.of(803, 2500, 2635);
    private static final int INVALID_PARAMETER = 100;
    private static final int TOO_MANY_PARAMETERS = 105;
    private static final int POLICY_BLOCK = 368;
    private static final int NO_ACCESS_TO_OBJECT = 33;
    private static final int EVENT_SUBCODES = 2804;
    private static final String NO_ACCESS = "the token has no access to this dataset, or the id is wrong: ";

    enum Kind {
        THROTTLE,
        POLICY,
        TRANSIENT,
        TOKEN,
        PERMISSION,
        CONFIGURATION,
        PAYLOAD,
        UNKNOWN
    }

    /// Empty when the answer holds no error envelope.
    static Optional<MetaProblem> in(PlatformAnswer answer) {
        return AnswerBody.read(answer).flatMap(body -> in(answer, body));
    }

    static Optional<MetaProblem> in(PlatformAnswer answer, JsonNode body) {
        JsonNode error = body.path("error");
        if (!error.isObject() || !error.path("code").canConvertToInt()) {
            return Optional.empty();
        }
        int code = error.path("code").intValue();
        int subcode = error.path("error_subcode").asInt(0);
        Answer cleaned = answer.toRefusal(code, message(error, code, subcode), text(error, "fbtrace_id"));
        return Optional.of(
                new MetaProblem(code, subcode, error.path("is_transient").asBoolean(false), cleaned));
    }

    /// A throttle is one whatever else the answer says; the transient mark outweighs all other classes.
    Kind kind() {
        if (MetaThrottles.isThrottle(code)) {
            return Kind.THROTTLE;
        }
        if (code == POLICY_BLOCK) {
            return Kind.POLICY;
        }
        if (isTransient || TRANSIENT.contains(code)) {
            return Kind.TRANSIENT;
        }
        if (TOKEN.contains(code)) {
            return Kind.TOKEN;
        }
        if (code == 10 || code == 3 || code >= 200 && code <= 299 || isUnreadableObject()) {
            return Kind.PERMISSION;
        }
        if (CONFIGURATION.contains(code)) {
            return Kind.CONFIGURATION;
        }
        return code == TOO_MANY_PARAMETERS || isAboutAnEvent() ? Kind.PAYLOAD : Kind.UNKNOWN;
    }

    /// The object does not exist or this token may not read it.
    boolean isUnreadableObject() {
        return code == INVALID_PARAMETER && subcode == NO_ACCESS_TO_OBJECT;
    }

    /// One of the subcodes that speak about the fields of an event.
    boolean isAboutAnEvent() {
        return code == INVALID_PARAMETER && subcode / 1000 == EVENT_SUBCODES;
    }

    /// Arguments are read only after access was granted, so an error about them proves access.
    boolean isArgumentError() {
        return code == INVALID_PARAMETER && !isTransient && !isUnreadableObject();
    }

    /// The numbers stand first, so that shortening a long text never costs them.
    private static String message(JsonNode error, int code, int subcode) {
        String numbers = subcode == 0 ? "code " + code : "code " + code + "/" + subcode;
        String hint = code == INVALID_PARAMETER && subcode == NO_ACCESS_TO_OBJECT ? NO_ACCESS : "";
        return numbers + ": " + hint + error.path("message").asText("");
    }

    static @Nullable String text(JsonNode object, String name) {
        JsonNode value = object.path(name);
        return value.isTextual() ? value.textValue() : null;
    }
}
