package dev.varve.postback;

import dev.varve.collect.SdkRequest;
import org.jspecify.annotations.Nullable;

/// A postback as it arrived. `sdk`: names the app or not, and holds the body. `host`: lower case, without port. `door`:
/// where it came in, which decides whether an app key may be asked for.
public record PostbackRequest(SdkRequest sdk, @Nullable String host, Door door) {
    public enum Door {
        /// `/skan/postbacks`.
        ROUTE,
        /// `/.well-known/…`, where devices report by themselves and know no key.
        WELL_KNOWN
    }
}
