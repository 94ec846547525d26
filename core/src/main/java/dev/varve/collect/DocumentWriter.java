package dev.varve.collect;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.varve.identity.MatchSettings;
import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Puts the documents of a request's events together; see `dev.varve.event.Event` for their form. Not thread-safe.
final class DocumentWriter implements Closeable {
    private final ByteSink sink = new ByteSink(1024);
    private final JsonGenerator json;
    private final Body.Read body;
    private final Dialect dialect;

    DocumentWriter(Body.Read body, Dialect dialect) throws IOException {
        this.body = body;
        this.dialect = dialect;
        this.json = BodyReader.JSON.createGenerator(sink, JsonEncoding.UTF8);
    }

    byte[] write(EventDraft draft, EventTime time, MatchSettings settings) throws IOException {
        sink.cut(0);
        json.writeStartObject();
        writeProperties(draft);
        writeContext(draft, time, settings);
        draft.match.writeTo(json, settings);
        writeOptions(draft);
        if (time.isAdjusted()) {
            json.writeArrayFieldStart("notes");
            json.writeString("clockAdjusted");
            json.writeEndArray();
        }
        json.writeEndObject();
        json.flush();
        return sink.toBytes();
    }

    private void writeProperties(EventDraft draft) throws IOException {
        if (draft.properties.isEmpty()) {
            json.writeObjectFieldStart("properties");
            json.writeEndObject();
        } else {
            json.writeFieldName("properties");
            splice(body.properties(), draft.properties.from(), draft.properties.to());
        }
    }

    private void writeContext(EventDraft draft, EventTime time, MatchSettings settings) throws IOException {
        json.writeObjectFieldStart("context");
        boolean isFirst = writeKnownContext(draft, time, settings);
        if (!draft.extra.isEmpty()) {
            if (dialect == Dialect.SDK) {
                json.writeFieldName("extra");
                splice(body.extra(), draft.extra.from(), draft.extra.to());
            } else {
                spliceMembers(draft, isFirst);
            }
        }
        json.writeEndObject();
    }

    /// True when nothing was written.
    private boolean writeKnownContext(EventDraft draft, EventTime time, MatchSettings settings) throws IOException {
        boolean isIdfaAllowed = "authorized".equalsIgnoreCase(draft.context.get(ContextField.ATT_STATUS));
        boolean isFirst = true;
        for (Map.Entry<ContextField, String> fact : draft.context.entrySet()) {
            if (fact.getKey() != ContextField.IDFA || isIdfaAllowed) {
                json.writeStringField(fact.getKey().contextName, fact.getValue());
                isFirst = false;
            }
        }
        for (Map.Entry<String, Map<String, String>> group : draft.groups.entrySet()) {
            json.writeObjectFieldStart(group.getKey());
            for (Map.Entry<String, String> member : group.getValue().entrySet()) {
                json.writeStringField(member.getKey(), member.getValue());
            }
            json.writeEndObject();
            isFirst = false;
        }
        isFirst &= !optional("url", draft.url);
        isFirst &= !optional("sdkVersion", draft.sdkVersion);
        return isFirst & !optional("clientTimestamp", time.isAdjusted() ? draft.timeText : null);
    }

    private boolean optional(String name, @Nullable String value) throws IOException {
        if (value == null) {
            return false;
        }
        json.writeStringField(name, value);
        return true;
    }

    private void writeOptions(EventDraft draft) throws IOException {
        optional("actionSource", draft.actionSource);
        writeLimitedDataUse(draft.limitedDataUse);
        Map<String, String> codes = draft.testEventCode.isEmpty() ? body.testEventCode() : draft.testEventCode;
        if (!codes.isEmpty()) {
            json.writeObjectFieldStart("testEventCode");
            for (Map.Entry<String, String> code : codes.entrySet()) {
                json.writeStringField(code.getKey(), code.getValue());
            }
            json.writeEndObject();
        }
    }

    private void writeLimitedDataUse(EventDraft.@Nullable DataUse use) throws IOException {
        if (use == null) {
            return;
        }
        Integer country = use.country();
        Integer state = use.state();
        if (country == null || state == null) {
            json.writeBooleanField("limitedDataUse", true);
            return;
        }
        json.writeObjectFieldStart("limitedDataUse");
        json.writeNumberField("country", country);
        json.writeNumberField("state", state);
        json.writeEndObject();
    }

    /// A value that is JSON already. The empty raw value makes the generator expect the next member.
    private void splice(ByteSink source, int from, int to) throws IOException {
        json.writeRawValue("");
        json.flush();
        sink.append(source, from, to);
    }

    /// The members of an object, at the end of the one that is open.
    private void spliceMembers(EventDraft draft, boolean isFirst) throws IOException {
        json.flush();
        if (!isFirst) {
            sink.write(',');
        }
        sink.append(body.extra(), draft.extra.from() + 1, draft.extra.to() - 1);
    }

    @Override
    public void close() throws IOException {
        json.close();
    }
}
