package dev.varve.server.ingest;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.varve.collect.CollectOutcome;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What is said about a collected request: the bytes of the 202, or the error.
final class CollectAnswer {
    private static final JsonMapper JSON = new JsonMapper();
    private static final byte[] ONE_ACCEPTED = plain(1, 0);
    private static final byte[] ONE_DUPLICATE = plain(0, 1);

    private CollectAnswer() {}

    static byte[] bytes(CollectOutcome.Collected collected) {
        if (!collected.rejected().isEmpty()) {
            return withRejections(collected);
        }
        if (collected.accepted() == 1 && collected.duplicates() == 0) {
            return ONE_ACCEPTED;
        }
        if (collected.accepted() == 0 && collected.duplicates() == 1) {
            return ONE_DUPLICATE;
        }
        return plain(collected.accepted(), collected.duplicates());
    }

    static ApiException error(CollectOutcome.Invalid invalid) {
        Map<String, Object> details = new LinkedHashMap<>();
        if (!invalid.issues().isEmpty()) {
            details.put(
                    "issues",
                    invalid.issues().stream()
                            .map(issue -> Map.of("path", issue.path(), "message", issue.message()))
                            .toList());
        }
        if (!invalid.rejected().isEmpty()) {
            details.put(
                    "rejected",
                    invalid.rejected().stream().map(CollectAnswer::rejection).toList());
        }
        return new ApiException(ErrorCode.VALIDATION, message(invalid), details).withStatus(400);
    }

    static ApiException error(CollectOutcome.TooManyEvents tooMany) {
        return new ApiException(
                ErrorCode.PAYLOAD_TOO_LARGE,
                "more than " + tooMany.limit() + " events in one request",
                Map.of("limitEvents", tooMany.limit()));
    }

    static ApiException error(CollectOutcome.Unauthenticated ignored) {
        return new ApiException(ErrorCode.UNAUTHENTICATED, "unknown app or app key");
    }

    static ApiException error(CollectOutcome.RateLimited limited) {
        return new ApiException(
                        ErrorCode.RATE_LIMITED, "more events than this app may send now", Map.of("reason", "bucket"))
                .retryAfter(limited.retryAfter());
    }

    private static String message(CollectOutcome.Invalid invalid) {
        List<CollectOutcome.Issue> issues = invalid.issues();
        if (issues.size() == 1) {
            String path = issues.getFirst().path();
            return path.isEmpty()
                    ? issues.getFirst().message()
                    : path + ": " + issues.getFirst().message();
        }
        return issues.isEmpty() ? "no event of the request is valid" : issues.size() + " fields are invalid";
    }

    private static Map<String, Object> rejection(CollectOutcome.Rejection rejection) {
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("index", rejection.index());
        item.put("code", rejection.code());
        item.put("message", rejection.message());
        return item;
    }

    private static byte[] withRejections(CollectOutcome.Collected collected) {
        ObjectNode body = JSON.createObjectNode();
        body.put("accepted", collected.accepted()).put("duplicates", collected.duplicates());
        ArrayNode rejected = body.putArray("rejected");
        collected.rejected().forEach(rejection -> rejected.addPOJO(rejection(rejection)));
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] plain(int accepted, int duplicates) {
        return ("{\"accepted\":" + accepted + ",\"duplicates\":" + duplicates + ",\"rejected\":[]}")
                .getBytes(StandardCharsets.US_ASCII);
    }
}
