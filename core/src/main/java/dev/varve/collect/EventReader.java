package dev.varve.collect;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.varve.collect.EventMember.Field;
import dev.varve.collect.EventMember.Grouped;
import dev.varve.identity.FieldKind;
import dev.varve.identity.MatchInputs.Source;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Reads the members of one event after the other from a parser into drafts. Nothing an event contains makes it throw;
/// what it does throw is that the request is no JSON. Not thread-safe.
final class EventReader {
    private static final int MAX_NAME = 128;
    private static final int MAX_DECIMALS = 9;

    private final EventInput input;
    private final JsonParser parser;
    private final FreeMembers free;
    private final UserReader users;
    private final ContextReader contexts;
    private final OptionReader options;

    EventReader(EventInput input, FreeMembers.Sinks sinks) {
        this.input = input;
        this.parser = input.parser;
        this.users = new UserReader(input);
        this.free = new FreeMembers(input, users, sinks);
        this.contexts = new ContextReader(input, free, this::readMember);
        this.options = new OptionReader(input);
    }

    /// Reads the value the parser stands at, to its end.
    EventDraft read(int eventIndex) throws IOException {
        EventDraft draft = input.begin(eventIndex);
        free.begin();
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            input.refuse("event: expected an object, got " + input.got());
            parser.skipChildren();
            return draft;
        }
        long from = input.offset() - 1; // the brace has been read
        readMembers();
        free.finish();
        if (input.copier.isTooLarge() || input.offset() - from > PropertyCopier.MAX_EVENT_BYTES) {
            input.refuseSize();
        } else if (input.copier.isTooDeep()) {
            input.refuse("event: expected at most 16 levels of nesting, got more");
        }
        refuseIncomplete(draft);
        if (draft.rejection != null) {
            free.discard();
        }
        return draft;
    }

    private void readMembers() throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            EventMember member = input.dialect.member(name);
            if (member != null) {
                readMember(member, name);
            } else if (!input.dialect.isStrict()) {
                free.readExtra(name, Source.EVENT);
            } else {
                parser.skipChildren();
            }
        }
    }

    private void readMember(EventMember member, String name) throws IOException {
        switch (member) {
            case Field field -> readField(field, name);
            case ContextField field -> contexts.readField(field, name);
            case Grouped grouped -> contexts.readGrouped(grouped, name);
        }
    }

    private void readField(Field field, String name) throws IOException {
        EventDraft draft = input.draft();
        switch (field) {
            case NAME -> draft.name = required(name);
            case EVENT_ID -> draft.eventId = parser.currentToken() == JsonToken.VALUE_NULL ? null : required(name);
            case TIME -> readTime(name);
            case APP_ID -> readAppId(name);
            case ENVIRONMENT -> draft.environment = input.id(null);
            case PLATFORM -> draft.platform = input.id(null);
            case USER_ID -> {
                draft.rawUserId = input.rawUserId(name);
                draft.userId = input.stored(draft.rawUserId);
            }
            case OTHER_USER_ID -> {
                draft.rawOtherUserId = input.rawUserId(name);
                draft.otherUserId = input.stored(draft.rawOtherUserId);
            }
            case INSTALL_ID -> draft.installId = input.id(FieldKind.INSTALL_ID);
            case SESSION_ID -> draft.sessionId = input.id(null);
            case PROPERTIES -> free.readProperties(name);
            case USER -> users.read(name);
            case CONSENT -> options.readConsent(name);
            case CONTEXT -> contexts.read(name);
            case ACTION_SOURCE -> options.readActionSource(name);
            case LIMITED_DATA_USE -> options.readLimitedDataUse(name);
            case TEST_EVENT_CODE -> draft.testEventCode = TestEventCodes.read(parser);
        }
    }

    /// A text of 1 to 128 characters.
    private @Nullable String required(String name) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            input.refuse(name + ": expected a string of 1 to 128 characters, got " + input.got());
            parser.skipChildren();
            return null;
        }
        int length = parser.getTextLength();
        String text = input.copier.text();
        if (length == 0) {
            input.refuse(name + ": must not be empty");
        } else if (length > MAX_NAME && (length > 2 * MAX_NAME || text.codePointCount(0, text.length()) > MAX_NAME)) {
            input.refuse(name + ": expected a string of 1 to 128 characters, got " + length);
        }
        return text;
    }

    private void readTime(String name) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            input.refuse(name + ": expected an ISO 8601 date and time, got " + input.got());
            parser.skipChildren();
            return;
        }
        String text = input.copier.rawText().strip();
        IsoTime.Reading time = IsoTime.parse(text);
        if (time == null) {
            input.refuse(name + ": expected an ISO 8601 date and time, got other text");
        } else if (input.dialect.isStrict() && !time.hasZone()) {
            input.refuse(name + ": no time zone");
        } else if (input.dialect.isStrict() && time.decimals() > MAX_DECIMALS) {
            input.refuse(name + ": expected at most " + MAX_DECIMALS + " decimals, got " + time.decimals());
        }
        input.draft().time = time;
        input.draft().timeText = text;
    }

    private void readAppId(String name) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            input.draft().appId = input.copier.rawText();
        } else if (parser.currentToken() == JsonToken.VALUE_NULL) {
            input.draft().appId = null;
        } else {
            input.refuse(name + ": expected a string, got " + input.got());
            parser.skipChildren();
        }
    }

    /// What is missing rather than wrong.
    private void refuseIncomplete(EventDraft draft) {
        boolean isSaidEnough = draft.rejection != null && !input.dialect.isStrict();
        if (isSaidEnough || draft.isTooLarge()) {
            return;
        }
        if (draft.name == null && !draft.hasProblem(input.dialect.nameOf(Field.NAME))) {
            input.refuse(input.dialect.nameOf(Field.NAME) + ": expected a string of 1 to 128 characters, got nothing");
        }
        if (draft.time == null && !draft.hasProblem(input.dialect.nameOf(Field.TIME))) {
            input.refuse(input.dialect.nameOf(Field.TIME) + ": expected an ISO 8601 date and time, got nothing");
        }
    }
}
