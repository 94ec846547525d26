package dev.varve.server.api;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.varve.collect.TokenNames;
import dev.varve.server.http.ApiException;
import dev.varve.server.http.ApiException.Issue;
import dev.varve.tenant.PrefixedId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What stands beside the events in a body of `POST /v1/events`, read without building the events. `ids` is empty when
/// one of them is not there or ill-formed.
record EventsEnvelope(Optional<Ids> ids, List<Issue> issues) {
    /// What is wrong within an event is told of that event: so events are skipped here whatever they hold.
    private static final StreamReadConstraints CONSTRAINTS = StreamReadConstraints.builder()
            .maxNestingDepth(70_000)
            .maxNumberLength(Body.EVENTS_LIMIT)
            .maxNameLength(Body.EVENTS_LIMIT)
            .build();
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(CONSTRAINTS)
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .build();
    private static final int LONGEST_CODE = 64;
    private static final String NOTHING = "nothing";

    record Ids(UUID project, String app) {}

    /// @throws ApiException 422 at once when the body is no JSON object
    static EventsEnvelope read(byte[] body) {
        try (JsonParser parser = JSON.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw ApiException.invalid("", "the body must be a JSON object");
            }
            return new Reading(parser).envelope();
        } catch (JacksonException e) {
            throw Body.unreadable();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Reading {
        private final JsonParser parser;
        private final List<Issue> issues = new ArrayList<>();
        private @Nullable String project;
        private @Nullable String app;
        private String gotProject = NOTHING;
        private String gotApp = NOTHING;
        private String gotEvents = NOTHING;
        private boolean hasEvents;

        Reading(JsonParser parser) {
            this.parser = parser;
        }

        EventsEnvelope envelope() throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                switch (name) {
                    case "projectId" -> {
                        project = text(value);
                        gotProject = TokenNames.of(value);
                    }
                    case "sdkAppId" -> {
                        app = text(value);
                        gotApp = TokenNames.of(value);
                    }
                    case "events" -> {
                        hasEvents = value == JsonToken.START_ARRAY;
                        gotEvents = TokenNames.of(value);
                    }
                    case "testEventCode" -> readCodes(value);
                    default -> {
                        // unknown members are ignored
                    }
                }
                parser.skipChildren();
            }
            Optional<UUID> projectId = projectId();
            if (app == null) {
                issues.add(new Issue("sdkAppId", "must be a string, got " + gotApp));
            }
            if (!hasEvents) {
                issues.add(new Issue("events", "must be an array of 1 to 100 events, got " + gotEvents));
            }
            Optional<String> appId = Optional.ofNullable(app).map(CleanText::of);
            return new EventsEnvelope(projectId.flatMap(id -> appId.map(known -> new Ids(id, known))), issues);
        }

        private Optional<UUID> projectId() {
            Optional<UUID> id = Optional.ofNullable(project).flatMap(PrefixedId.PROJECT::parse);
            if (id.isEmpty()) {
                issues.add(new Issue(
                        "projectId",
                        project == null ? "must be a string, got " + gotProject : "projectId is not a UUID"));
            }
            return id;
        }

        /// As in an event, null counts as absent.
        private void readCodes(JsonToken value) throws IOException {
            if (value != JsonToken.START_OBJECT) {
                if (value != JsonToken.VALUE_NULL) {
                    issues.add(new Issue("testEventCode", "must be an object, got " + TokenNames.of(value)));
                }
                return;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String platform = parser.currentName();
                JsonToken code = parser.nextToken();
                boolean isKnown = platform.equals("meta") || platform.equals("tiktok");
                if (isKnown && code != JsonToken.VALUE_NULL && !isCode(code)) {
                    issues.add(new Issue(
                            "testEventCode." + platform,
                            "must be a string of at most " + LONGEST_CODE + " characters, got " + gotCode(code)));
                }
                parser.skipChildren();
            }
        }

        private String gotCode(JsonToken value) throws IOException {
            return value == JsonToken.VALUE_STRING
                    ? Integer.toString(parser.getText().codePointCount(0, parser.getTextLength()))
                    : TokenNames.of(value);
        }

        private boolean isCode(JsonToken value) throws IOException {
            if (value != JsonToken.VALUE_STRING || parser.getTextLength() > 2 * LONGEST_CODE) {
                return false;
            }
            String code = parser.getText();
            return code.codePointCount(0, code.length()) <= LONGEST_CODE;
        }

        private @Nullable String text(JsonToken value) throws IOException {
            return value == JsonToken.VALUE_STRING ? parser.getText() : null;
        }
    }
}
