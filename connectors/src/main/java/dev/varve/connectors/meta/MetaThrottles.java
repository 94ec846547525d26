package dev.varve.connectors.meta;

import dev.varve.destination.AttemptOutcome.Throttled.Scope;
import java.util.Set;

/// Which codes throttle, and what shares the limit behind them.
///
/// Codes 4 and 341 count the app's requests, 17 the user's, 32 the page's, 613 those of a custom limit: all of them
/// hang on the token, so every destination that uses it has to wait. The 80000 family counts one business use case
/// of one ad account or dataset, and so does 613 with subcode 1487742: the others may go on.
final class MetaThrottles {
    private static final int CUSTOM_LIMIT = 613;
    private static final int OF_AD_ACCOUNT = 1487742;
    private static final Set<Integer> OF_TOKEN = Set.of(4, 17, 32, 341, CUSTOM_LIMIT);
    private static final int FIRST_USE_CASE = 80000;
    private static final int LAST_USE_CASE = 80014;

    private MetaThrottles() {}

    static boolean isThrottle(int code) {
        return OF_TOKEN.contains(code) || code >= FIRST_USE_CASE && code <= LAST_USE_CASE;
    }

    static Scope scope(int code, int subcode) {
        boolean ofAdAccount = code == CUSTOM_LIMIT && subcode == OF_AD_ACCOUNT;
        return OF_TOKEN.contains(code) && !ofAdAccount ? Scope.TOKEN : Scope.DESTINATION;
    }
}
