package dev.varve.collect;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.varve.event.Consent;
import java.io.IOException;
import java.util.Set;

/// Reads what an event says about its own handling: consent, source, limited data use.
final class OptionReader {
    private static final Set<String> ACTION_SOURCES = Set.of(
            "website",
            "app",
            "email",
            "phone_call",
            "chat",
            "physical_store",
            "system_generated",
            "business_messaging",
            "other",
            "web",
            "offline",
            "crm");

    /// In characters: the least one.
    private static final int LONGEST_INT = 11;

    private final EventInput input;
    private final JsonParser parser;

    OptionReader(EventInput input) {
        this.input = input;
        this.parser = input.parser;
    }

    void readConsent(String name) throws IOException {
        EventDraft draft = input.draft();
        draft.consent = Consent.UNSTATED;
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            input.refuseUnlessNull(name, "an object");
            return;
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            boolean isKnown = key.equals("analytics") || key.equals("advertising");
            if (isKnown && input.flag() == null) {
                input.refuseUnlessNull(name + "." + key, "true or false");
            }
            if (key.equals("analytics")) {
                draft.consent = new Consent(input.flag(), draft.consent.advertising());
            } else if (key.equals("advertising")) {
                draft.consent = new Consent(draft.consent.analytics(), input.flag());
            }
            parser.skipChildren();
        }
    }

    void readActionSource(String name) throws IOException {
        input.draft().actionSource = null;
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            input.refuseUnlessNull(name, "a string");
            return;
        }
        String text = input.copier.rawText();
        if (ACTION_SOURCES.contains(text)) {
            input.draft().actionSource = text;
        } else {
            input.refuse(name + ": expected a source of Meta or TikTok such as website or app, got another word");
        }
    }

    void readLimitedDataUse(String name) throws IOException {
        input.draft().limitedDataUse = null;
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            input.draft().limitedDataUse = dataUse(name);
        } else if (input.flag() == null) {
            input.refuseUnlessNull(name, "true, false or an object");
        } else if (parser.currentToken() == JsonToken.VALUE_TRUE) {
            input.draft().limitedDataUse = new EventDraft.DataUse(null, null);
        }
    }

    private EventDraft.DataUse dataUse(String name) throws IOException {
        int country = 0;
        int state = 0;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String path = name + "." + parser.currentName();
            parser.nextToken();
            switch (parser.currentName()) {
                case "country" -> country = integer(path, 0, 1);
                case "state" -> state = integer(path, Integer.MIN_VALUE, Integer.MAX_VALUE);
                default -> parser.skipChildren();
            }
        }
        return new EventDraft.DataUse(country, state);
    }

    private int integer(String path, int min, int max) throws IOException {
        boolean isInt = parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                && parser.getTextLength() <= LONGEST_INT
                && parser.getNumberType() == JsonParser.NumberType.INT;
        if (isInt && parser.getIntValue() >= min && parser.getIntValue() <= max) {
            return parser.getIntValue();
        }
        String got = isInt ? parser.getText() : input.got();
        if (parser.currentToken() != JsonToken.VALUE_NULL) {
            input.refuse(path + ": expected an integer from " + min + " to " + max + ", got " + got);
        }
        parser.skipChildren();
        return 0;
    }
}
