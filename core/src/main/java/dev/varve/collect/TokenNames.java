package dev.varve.collect;

import com.fasterxml.jackson.core.JsonToken;

/// JSON values as people call them, for messages.
public final class TokenNames {
    private TokenNames() {}

    public static String of(JsonToken token) {
        return switch (token) {
            case START_OBJECT, END_OBJECT, VALUE_EMBEDDED_OBJECT -> "an object";
            case START_ARRAY, END_ARRAY -> "a list";
            case VALUE_STRING, FIELD_NAME -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL -> "null";
            case NOT_AVAILABLE -> "nothing";
        };
    }
}
