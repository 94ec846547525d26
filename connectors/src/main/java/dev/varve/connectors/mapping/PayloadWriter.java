package dev.varve.connectors.mapping;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes one JSON object to bytes. Null values and empty lists are left out, texts are made well-formed. Not
/// thread-safe.
public final class PayloadWriter {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
            .build();
    private static final int TYPICAL_SIZE = 1536;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(TYPICAL_SIZE);
    private final JsonGenerator json;

    /// A part of the payload.
    @FunctionalInterface
    public interface Part {
        void write() throws IOException;
    }

    public PayloadWriter() {
        try {
            json = JSON.createGenerator(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Ends writing.
    public byte[] toBytes() throws IOException {
        json.close();
        return bytes.toByteArray();
    }

    public void object(Part members) throws IOException {
        json.writeStartObject();
        members.write();
        json.writeEndObject();
    }

    public void object(String name, Part members) throws IOException {
        json.writeFieldName(name);
        object(members);
    }

    public void array(String name, Part elements) throws IOException {
        json.writeArrayFieldStart(name);
        elements.write();
        json.writeEndArray();
    }

    public void text(String name, @Nullable String value) throws IOException {
        if (value != null) {
            json.writeStringField(name, Text.wellFormed(value));
        }
    }

    public void texts(String name, List<String> values) throws IOException {
        if (!values.isEmpty()) {
            json.writeArrayFieldStart(name);
            for (String value : values) {
                json.writeString(Text.wellFormed(value));
            }
            json.writeEndArray();
        }
    }

    public void element(String value) throws IOException {
        json.writeString(Text.wellFormed(value));
    }

    public void number(String name, @Nullable BigDecimal value) throws IOException {
        if (value != null) {
            json.writeNumberField(name, value);
        }
    }

    public void number(String name, long value) throws IOException {
        json.writeNumberField(name, value);
    }

    public void count(String name, @Nullable Integer value) throws IOException {
        if (value != null) {
            json.writeNumberField(name, value);
        }
    }

    public void flag(String name, boolean value) throws IOException {
        json.writeBooleanField(name, value);
    }

    /// A free property of any shape. Members under personal keys, values replaced at ingest and numbers without a
    /// finite value are left out, e-mail addresses and phone numbers inside texts are masked.
    public void free(String name, JsonNode value) throws IOException {
        if (isForwardable(name, value)) {
            json.writeFieldName(PersonalData.masked(Text.wellFormed(name)));
            freeValue(value);
        }
    }

    private void freeValue(JsonNode value) throws IOException {
        if (value.isObject()) {
            json.writeStartObject();
            for (var member : value.properties()) {
                free(member.getKey(), member.getValue());
            }
            json.writeEndObject();
        } else if (value.isArray()) {
            json.writeStartArray();
            for (JsonNode element : value) {
                if (isForwardable("", element)) {
                    freeValue(element);
                }
            }
            json.writeEndArray();
        } else if (value.isTextual()) {
            json.writeString(Text.wellFormed(PersonalData.masked(value.textValue())));
        } else if (value.isBoolean()) {
            json.writeBoolean(value.booleanValue());
        } else if (value.isIntegralNumber()) {
            json.writeNumber(value.bigIntegerValue());
        } else {
            json.writeNumber(value.doubleValue());
        }
    }

    private static boolean isForwardable(String name, JsonNode value) {
        boolean writable = value.isContainerNode()
                || value.isBoolean()
                || value.isIntegralNumber()
                || value.isTextual() && !PersonalData.isReplaced(value.textValue())
                || value.isNumber() && Double.isFinite(value.doubleValue());
        return writable && !PersonalData.isPersonalKey(name);
    }
}
