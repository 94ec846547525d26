package dev.varve.postback;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/// A postback of one of Apple's devices as read; nothing of it is believed yet.
///
/// `fields`: what it says, to become properties. `text` answers a field as it was written, which is what is signed.
record Postback(Kind kind, ObjectNode fields, RawFields raw) {
    enum Kind {
        SKADNETWORK,
        ATTRIBUTION_KIT
    }

    /// The App Store's number of the app it speaks of.
    @Nullable
    String appStoreId() {
        return switch (kind) {
            case SKADNETWORK -> raw.text("app-id");
            case ATTRIBUTION_KIT -> raw.text("advertised-item-identifier");
        };
    }

    /// Names one postback among all of Apple's; a device that repeats it repeats this.
    String key() {
        String index = raw.text("postback-sequence-index");
        String place = index == null ? "0" : index;
        return switch (kind) {
            case SKADNETWORK -> String.join("\0", "skan", raw.or("version", ""), raw.or("transaction-id", ""), place);
            case ATTRIBUTION_KIT -> String.join("\0", "aak", raw.or("postback-identifier", ""), place);
        };
    }
}
