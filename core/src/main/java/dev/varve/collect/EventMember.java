package dev.varve.collect;

/// What a member of an event object means, whatever the dialect calls it.
sealed interface EventMember permits ContextField, EventMember.Field, EventMember.Grouped {
    enum Field implements EventMember {
        NAME,
        EVENT_ID,
        TIME,
        APP_ID,
        ENVIRONMENT,
        PLATFORM,
        USER_ID,
        /// Counts only when [#USER_ID] is absent.
        OTHER_USER_ID,
        INSTALL_ID,
        SESSION_ID,
        PROPERTIES,
        USER,
        CONSENT,
        CONTEXT,
        ACTION_SOURCE,
        LIMITED_DATA_USE,
        TEST_EVENT_CODE
    }

    /// A flat field that stands in a group of the context, such as `utm_source` → `utm.source`.
    record Grouped(String group, String name) implements EventMember {}
}
