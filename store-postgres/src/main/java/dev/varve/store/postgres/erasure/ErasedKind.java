package dev.varve.store.postgres.erasure;

/// What an erasure removes, in the order in which it is told.
public enum ErasedKind {
    EVENTS("events"),
    EVENT_KEYS("keys that recognise repeats of them"),
    ADDRESSES("addresses and user agents"),
    RECEIPTS("receipts"),
    ATTEMPTS("failed attempts"),
    DEAD_LETTERS("dead letters"),
    REPLAYED("events of running replays"),
    /// Not removed but left to the relay, which finds no event and gives them up: rows that name nobody.
    WAITING("waiting deliveries, given up"),
    CLICKS("clicks through the relay"),
    KNOWN_IDS("click and browser ids"),
    PROFILES("profile"),
    CONSENTS("consent record");

    private final String label;

    ErasedKind(String label) {
        this.label = label;
    }

    /// For people.
    public String label() {
        return label;
    }

    /// As in the data of an audit row, such as `deadLetters`.
    public String member() {
        StringBuilder member = new StringBuilder();
        for (String word : name().toLowerCase(java.util.Locale.ROOT).split("_")) {
            member.append(member.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return member.toString();
    }
}
