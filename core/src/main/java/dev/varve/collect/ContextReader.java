package dev.varve.collect;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.varve.identity.FieldKind;
import dev.varve.identity.FieldName;
import dev.varve.identity.MatchInputs.Source;
import dev.varve.identity.PersonalText;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads facts about device, app and visit: flat ones, wherever a dialect puts them, and the nested `context`
/// of servers.
final class ContextReader {
    private static final Set<String> COOKIES = Set.of("_fbc", "_fbp", "_ttp", "ttclid");
    private static final int MAX_IP = 45;

    private final EventInput input;
    private final FreeMembers free;
    private final MemberReader members;
    private final JsonParser parser;
    private final PropertyCopier copier;

    ContextReader(EventInput input, FreeMembers free, MemberReader members) {
        this.input = input;
        this.free = free;
        this.members = members;
        this.parser = input.parser;
        this.copier = input.copier;
    }

    /// Reads the value the parser stands at as what `member` says it is.
    @FunctionalInterface
    interface MemberReader {
        void read(EventMember member, String name) throws IOException;
    }

    /// Nothing in it is judged: what cannot be taken as the fact its name says is kept like an unknown member.
    void read(String name) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            input.refuseUnlessNull(name, "an object");
            return;
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            EventMember member = input.dialect.contextMember(key);
            if (member == null || !input.isScalar()) {
                readFree(key);
            } else {
                members.read(member, key);
            }
        }
    }

    void readField(ContextField field, String name) throws IOException {
        if (!input.isScalar()) {
            free.readExtra(name, Source.CONTEXT);
            return;
        }
        EventDraft draft = input.draft();
        String raw = parser.currentToken() == JsonToken.VALUE_NULL ? null : copier.rawText();
        if (raw == null || raw.isEmpty() || raw.length() > EventInput.MAX_FACT) {
            draft.context.remove(field);
            return;
        }
        if (field.kind != null) {
            draft.match.begin();
            draft.match.add(Source.CONTEXT, new FieldName(field.kind, 0), name, raw);
        }
        draft.context.put(field, copier.masked(raw));
    }

    void readGrouped(EventMember.Grouped grouped, String name) throws IOException {
        String text = fact(name);
        if (text != null) {
            input.draft()
                    .groups
                    .computeIfAbsent(grouped.group(), _ -> new LinkedHashMap<>())
                    .put(grouped.name(), text);
        }
    }

    private @Nullable String fact(String name) throws IOException {
        if (!input.isScalar()) {
            free.readExtra(name, Source.CONTEXT);
            return null;
        }
        String text = parser.currentToken() == JsonToken.VALUE_NULL ? "" : copier.text();
        return text.isEmpty() || text.length() > EventInput.MAX_FACT ? null : text;
    }

    private void readFree(String key) throws IOException {
        switch (key) {
            case "ip" -> input.draft().ip = limited(key, MAX_IP);
            case "userAgent" -> input.draft().userAgent = limited(key, EventInput.MAX_FACT);
            case "cookies" -> readCookies();
            case "page", "device", "os" -> {
                if (parser.currentToken() == JsonToken.START_OBJECT) {
                    copyFacts(key);
                } else {
                    free.readExtra(key, Source.CONTEXT);
                }
            }
            default -> free.readExtra(key, Source.CONTEXT);
        }
    }

    private @Nullable String limited(String key, int max) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            free.readExtra(key, Source.CONTEXT);
            return null;
        }
        String text = copier.rawText();
        return text.isEmpty() || text.length() > max ? null : text;
    }

    /// Copies an object of the context some of whose members matter here too. The advertising id is kept for
    /// matching only.
    private void copyFacts(String group) throws IOException {
        JsonGenerator out = free.extraOut();
        out.writeObjectFieldStart(group);
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            copier.writeName(out, key);
            String path = group + "." + key;
            if (path.equals("device.advertisingId") && input.isTextOrNumber()) {
                input.draft().advertisingId = copier.rawText();
                out.writeString(PersonalText.REDACTED);
            } else {
                observeFact(path);
                copier.copyMember(out, key, 4, PropertyCopier.Observer.NONE);
            }
        }
        out.writeEndObject();
    }

    private void observeFact(String path) throws IOException {
        if (!input.isTextOrNumber()) {
            return;
        }
        EventDraft draft = input.draft();
        switch (path) {
            case "page.url" -> draft.match.add(Source.CONTEXT, FieldKind.PAGE_URL, copier.rawText());
            case "page.referrer" -> draft.match.add(Source.CONTEXT, FieldKind.REFERRER, copier.rawText());
            case "os.version" -> draft.hasNestedOsVersion = true;
            case "os.name" -> draft.osName = copier.rawText().toLowerCase(Locale.ROOT);
            default -> {
                // of no interest beyond its place in the document
            }
        }
    }

    /// Cookies may hold anything; only the platforms' own are read, and none is stored.
    private void readCookies() throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            FieldName meaning = COOKIES.contains(key) ? FieldName.of(key) : null;
            boolean isText = parser.currentToken() == JsonToken.VALUE_STRING;
            if (meaning != null && isText) {
                input.draft().match.begin();
                input.draft().match.add(Source.CONTEXT, meaning, key, copier.rawText());
            } else if (isText && key.equals("_fbi")) {
                input.draft().cookieIp = Ipv6Cookie.address(copier.rawText());
            }
            parser.skipChildren();
        }
    }
}
