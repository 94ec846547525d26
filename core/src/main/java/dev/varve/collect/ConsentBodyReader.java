package dev.varve.collect;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.varve.collect.CollectOutcome.Issue;
import dev.varve.identity.ConsentRecord;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads a body of `POST /consent`. Not thread-safe; one per request.
final class ConsentBodyReader {
    private static final int MAX_ID = 64 * 1024;
    private static final int MAX_TIME = 64;
    private static final Set<String> ATT_STATUSES = Set.of("authorized", "denied", "restricted", "not_determined");

    private final List<Issue> issues = new ArrayList<>(0);
    private @Nullable String appId;
    private @Nullable String userId;
    private @Nullable String installId;
    private @Nullable Boolean analytics;
    private @Nullable Boolean advertising;
    private @Nullable String attStatus;
    private @Nullable Instant timestamp;

    /// Look at `issues` before using what was read.
    ConsentBody read(byte[] json) {
        try (JsonParser parser = BodyReader.JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                issue("", "expected a JSON object, got something else");
            } else {
                readMembers(parser);
                checkSubject();
            }
        } catch (IOException e) {
            issues.clear();
            issue("", "expected a JSON object, got something unreadable");
        }
        return new ConsentBody(
                appId, userId, installId, new ConsentRecord(analytics, advertising, attStatus), timestamp);
    }

    List<Issue> issues() {
        return issues;
    }

    private void readMembers(JsonParser parser) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            switch (name) {
                case "app_id" -> appId = text(parser, token, name);
                case "app_user_id" -> userId = text(parser, token, name);
                case "install_id" -> installId = text(parser, token, name);
                case "analytics" -> analytics = flag(token, name);
                case "advertising" -> advertising = flag(token, name);
                case "att_status" -> attStatus = attStatus(parser, token);
                case "timestamp" -> timestamp = time(parser, token);
                default -> {
                    // unknown members are ignored
                }
            }
            parser.skipChildren();
        }
        if (parser.nextToken() != null) {
            throw new IOException("more than one value");
        }
    }

    private @Nullable String text(JsonParser parser, JsonToken token, String name) throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        if (token != JsonToken.VALUE_STRING && !token.isNumeric()) {
            issue(name, "expected a string, got " + TokenNames.of(token));
            return null;
        }
        if (parser.getTextLength() > MAX_ID) {
            issue(name, "expected at most " + MAX_ID + " characters, got more");
            return null;
        }
        String text = SafeText.of(parser.getText());
        return text.isEmpty() ? null : text;
    }

    private @Nullable Boolean flag(JsonToken token, String name) {
        if (!token.isBoolean() && token != JsonToken.VALUE_NULL) {
            issue(name, "expected true or false, got " + TokenNames.of(token));
        }
        return token.isBoolean() ? Boolean.valueOf(token == JsonToken.VALUE_TRUE) : null;
    }

    private @Nullable String attStatus(JsonParser parser, JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        if (token != JsonToken.VALUE_STRING || !ATT_STATUSES.contains(parser.getText())) {
            String got = token == JsonToken.VALUE_STRING ? "another word" : TokenNames.of(token);
            issue("att_status", "expected authorized, denied, restricted or not_determined, got " + got);
            return null;
        }
        return parser.getText();
    }

    private @Nullable Instant time(JsonParser parser, JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        boolean isText = token == JsonToken.VALUE_STRING && parser.getTextLength() <= MAX_TIME;
        IsoTime.Reading time = isText ? IsoTime.parse(parser.getText().strip()) : null;
        if (time == null) {
            String got = token == JsonToken.VALUE_STRING ? "other text" : TokenNames.of(token);
            issue("timestamp", "expected an ISO 8601 date and time, got " + got);
            return null;
        }
        return time.time();
    }

    private void checkSubject() {
        boolean isWrong = issues.stream()
                .anyMatch(issue ->
                        issue.path().equals("app_user_id") || issue.path().equals("install_id"));
        if (userId == null && installId == null && !isWrong) {
            issue("app_user_id", "expected app_user_id or install_id, got neither");
        }
    }

    private void issue(String path, String message) {
        issues.add(new Issue(path, message));
    }
}
