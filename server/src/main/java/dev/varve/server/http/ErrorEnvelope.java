package dev.varve.server.http;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// The one shape of every error answer: `{"error": {code, message, requestId, details?}}`.
public final class ErrorEnvelope {
    private static final JsonMapper JSON = new JsonMapper();

    private ErrorEnvelope() {}

    /// Names the section of the documents that says what to do about it.
    public static void send(ServerRequest request, ServerResponse response, ApiException error, String requestId) {
        error.retryAfter()
                .ifPresent(wait -> response.header(
                        HeaderNames.RETRY_AFTER, Long.toString(Math.max(1, (wait.toMillis() + 999) / 1000))));
        if (error.code() == ErrorCode.UNAUTHENTICATED) {
            response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer");
        }
        response.status(Status.create(error.status()));
        response.header(HeaderNames.CONTENT_TYPE, "application/json");
        response.header(HeaderNames.LINK, help(error));
        Answers.send(request, response, bytes(error, requestId));
    }

    /// The value of the header `Link`: `/docs/errors` has a section for each code.
    public static String help(ApiException error) {
        return "</docs/errors#" + error.code() + ">; rel=\"help\"";
    }

    /// The envelope alone.
    public static byte[] bytes(ApiException error, String requestId) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("code", error.code().name());
        body.put("message", error.getMessage());
        body.put("requestId", requestId);
        if (!error.details().isEmpty()) {
            body.put("details", error.details());
        }
        return JSON.valueToTree(Map.of("error", body)).toString().getBytes(StandardCharsets.UTF_8);
    }
}
