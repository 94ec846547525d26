package dev.varve.server.api;

/// Which allowance of its key a call counts against.
enum RateClass {
    READ_LIGHT("read-light"),
    WRITE_LIGHT("write-light"),
    LONG_RUNNING("long-running");

    private final String wireName;

    RateClass(String wireName) {
        this.wireName = wireName;
    }

    String wireName() {
        return wireName;
    }

    /// What a method costs unless its route says otherwise.
    static RateClass of(String method) {
        return method.equals("GET") || method.equals("HEAD") ? READ_LIGHT : WRITE_LIGHT;
    }
}
