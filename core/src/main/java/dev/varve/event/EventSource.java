package dev.varve.event;

/// Which door an event came through.
public enum EventSource {
    SDK("sdk"),
    SERVER("server");

    private final String wireName;

    EventSource(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }
}
