package dev.varve.sandbox.meta;

import org.jspecify.annotations.Nullable;

/// Why Meta refuses a request. `index`: the guilty event, -1 for none. `namesIndex`: the message names it whatever the
/// switch says.
record MetaRefusal(int code, @Nullable Integer subcode, String message, int index, boolean namesIndex) {
    static MetaRefusal parameter(int index, String message) {
        return new MetaRefusal(100, null, message, index, false);
    }

    static MetaRefusal of(int subcode, int index, String message) {
        return new MetaRefusal(100, subcode, message, index, false);
    }
}
