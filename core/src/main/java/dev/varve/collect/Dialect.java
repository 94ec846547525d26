package dev.varve.collect;

import dev.varve.collect.EventMember.Field;
import dev.varve.collect.EventMember.Grouped;
import dev.varve.event.EventSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a kind of sender spells the same events, and how strictly it is read: servers are told of every wrong type,
/// because a developer reads the answer; of SDKs only what cannot be stored is refused. Either way null is the same as
/// nothing, for no conversion is worth losing over a member that its sender had no value for.
enum Dialect {
    SDK(EventSource.SDK, 10_000, sdkMembers(), Map.of()),
    SERVER(EventSource.SERVER, 100, serverMembers(), serverContext());

    /// Events kept by default; older ones of servers are refused.
    static final Duration RETENTION = Duration.ofDays(400);
    /// How far ahead a server's clock may be.
    static final Duration FUTURE_TOLERANCE = Duration.ofMinutes(5);

    final EventSource source;
    final int maxEvents;
    private final Map<String, EventMember> members;
    private final Map<String, EventMember> contextMembers;

    Dialect(
            EventSource source,
            int maxEvents,
            Map<String, EventMember> members,
            Map<String, EventMember> contextMembers) {
        this.source = source;
        this.maxEvents = maxEvents;
        this.members = members;
        this.contextMembers = contextMembers;
    }

    @Nullable
    EventMember member(String name) {
        return members.get(name);
    }

    @Nullable
    EventMember contextMember(String name) {
        return contextMembers.get(name);
    }

    boolean isStrict() {
        return this == SERVER;
    }

    String nameOf(Field field) {
        for (Map.Entry<String, EventMember> entry : members.entrySet()) {
            if (entry.getValue() == field) {
                return entry.getKey();
            }
        }
        throw new IllegalArgumentException(field + " does not exist in " + this);
    }

    private static Map<String, EventMember> sdkMembers() {
        Map<String, EventMember> members = new HashMap<>(Map.ofEntries(
                Map.entry("event", Field.NAME),
                Map.entry("event_id", Field.EVENT_ID),
                Map.entry("timestamp", Field.TIME),
                Map.entry("app_id", Field.APP_ID),
                Map.entry("environment", Field.ENVIRONMENT),
                Map.entry("platform", Field.PLATFORM),
                Map.entry("app_user_id", Field.USER_ID),
                Map.entry("user_id", Field.OTHER_USER_ID),
                Map.entry("install_id", Field.INSTALL_ID),
                Map.entry("session_id", Field.SESSION_ID),
                Map.entry("properties", Field.PROPERTIES),
                Map.entry("user", Field.USER),
                Map.entry("consent", Field.CONSENT),
                Map.entry("test_event_code", Field.TEST_EVENT_CODE)));
        for (ContextField field : ContextField.values()) {
            members.put(field.sdkName, field);
        }
        for (String name : new String[] {"source", "medium", "campaign", "content", "term"}) {
            members.put("utm_" + name, new Grouped("utm", name));
        }
        members.put("gclid", new Grouped("clickIds", "gclid"));
        return Map.copyOf(members);
    }

    private static Map<String, EventMember> serverMembers() {
        return Map.ofEntries(
                Map.entry("name", Field.NAME),
                Map.entry("eventId", Field.EVENT_ID),
                Map.entry("occurredAt", Field.TIME),
                Map.entry("appUserId", Field.USER_ID),
                Map.entry("properties", Field.PROPERTIES),
                Map.entry("user", Field.USER),
                Map.entry("actionSource", Field.ACTION_SOURCE),
                Map.entry("limitedDataUse", Field.LIMITED_DATA_USE),
                Map.entry("context", Field.CONTEXT),
                Map.entry("consent", Field.CONSENT));
    }

    private static Map<String, EventMember> serverContext() {
        Map<String, EventMember> members = new HashMap<>(Map.of(
                "environment", Field.ENVIRONMENT,
                "platform", Field.PLATFORM,
                "installId", Field.INSTALL_ID,
                "sessionId", Field.SESSION_ID));
        for (ContextField field : ContextField.values()) {
            members.put(field.contextName, field);
        }
        return Map.copyOf(members);
    }
}
