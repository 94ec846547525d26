package dev.varve.health;

import java.util.Locale;

/// JSON type of a property's value. Null has none: a property that is null is absent.
public enum PropertyType {
    STRING,
    NUMBER,
    BOOLEAN,
    OBJECT,
    ARRAY;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
