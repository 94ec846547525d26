package dev.varve.collect;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.varve.collect.ByteSink.Range;
import dev.varve.event.Consent;
import dev.varve.identity.FieldKind;
import dev.varve.identity.FieldName;
import dev.varve.identity.MatchInputs.Source;
import dev.varve.identity.PersonalText;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Copies the free parts of events, properties and unknown members, straight into two sinks, and keeps what identifies
/// a person for matching. Not thread-safe.
final class FreeMembers {
    private final EventInput input;
    private final UserReader users;
    private final JsonParser parser;
    private final PropertyCopier copier;
    private final Sinks sinks;
    private int propertyStart;
    private int extraStart;
    private boolean hasExtra;

    FreeMembers(EventInput input, UserReader users, Sinks sinks) {
        this.input = input;
        this.users = users;
        this.parser = input.parser;
        this.copier = input.copier;
        this.sinks = sinks;
    }

    /// Where free members go; each generator writes into the sink beside it.
    record Sinks(ByteSink properties, JsonGenerator propertyOut, ByteSink extra, JsonGenerator extraOut) {}

    void begin() {
        hasExtra = false;
        propertyStart = sinks.properties().size();
        extraStart = sinks.extra().size();
    }

    void finish() throws IOException {
        if (hasExtra) {
            sinks.extraOut().writeEndObject();
            sinks.extraOut().flush();
            input.draft().extra = new Range(extraStart, sinks.extra().size());
        }
    }

    /// Takes back what the current event has written.
    void discard() {
        sinks.properties().cut(propertyStart);
        sinks.extra().cut(extraStart);
    }

    void readProperties(String name) throws IOException {
        EventDraft draft = input.draft();
        draft.match.forget(Source.PROPERTIES);
        draft.propertyConsent = Consent.UNSTATED;
        draft.properties = Range.EMPTY;
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            input.refuse(name + ": expected an object, got " + input.got());
            parser.skipChildren();
            return;
        }
        int from = sinks.properties().size();
        JsonGenerator out = sinks.propertyOut();
        out.writeStartObject();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            copier.writeName(out, key);
            copyProperty(out, key);
        }
        out.writeEndObject();
        out.flush();
        draft.properties = new Range(from, sinks.properties().size());
    }

    /// Clients of the old App Events API put a whole user object among the properties. One written as text is only
    /// kept out.
    private void copyProperty(JsonGenerator out, String key) throws IOException {
        if (UserReader.isLegacyName(key) && parser.currentToken() == JsonToken.START_OBJECT) {
            users.readMembers(key, Source.PROPERTIES);
            out.writeString(PersonalText.REDACTED);
            return;
        }
        if (UserReader.isLegacyName(key) && parser.currentToken() == JsonToken.VALUE_STRING) {
            out.writeString(PersonalText.REDACTED);
            return;
        }
        readConsentProperty(key);
        copyMatched(out, key, 3, Source.PROPERTIES);
    }

    /// A member nobody knows, as it stands; of the context when `source` says so.
    void readExtra(String name, Source source) throws IOException {
        JsonGenerator out = extraOut();
        copier.writeName(out, name);
        copyMatched(out, name, source == Source.EVENT ? 2 : 3, source);
    }

    /// The generator for unknown members, inside their object.
    JsonGenerator extraOut() throws IOException {
        if (!hasExtra) {
            sinks.extraOut().writeStartObject();
            hasExtra = true;
        }
        return sinks.extraOut();
    }

    /// Copies a member and keeps its value for matching where its name has a meaning.
    private void copyMatched(JsonGenerator out, String name, int depth, Source source) throws IOException {
        FieldName meaning = FieldName.of(name);
        if (meaning == null) {
            copier.copyMember(out, name, depth, PropertyCopier.Observer.NONE);
            return;
        }
        input.draft().match.begin();
        copier.copyMember(out, name, depth, (key, _, text) -> observe(source, meaning, key, text));
    }

    private void observe(Source source, FieldName meaning, String name, String text) {
        EventDraft draft = input.draft();
        if (meaning.kind() == FieldKind.PAGE_URL && source == Source.PROPERTIES) {
            draft.url = text.length() <= EventInput.MAX_FACT ? copier.masked(text) : draft.url;
        }
        draft.observe(source, meaning, name, text);
    }

    private void readConsentProperty(String name) {
        EventDraft draft = input.draft();
        if (name.equals("consent_analytics")) {
            draft.propertyConsent = new Consent(flag(), draft.propertyConsent.advertising());
        } else if (name.equals("consent_advertising")) {
            draft.propertyConsent = new Consent(draft.propertyConsent.analytics(), flag());
        }
    }

    private @Nullable Boolean flag() {
        return input.flag();
    }
}
